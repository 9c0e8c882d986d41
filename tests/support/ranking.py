"""Requests, targets and health views for strategies that predict."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from optipath_router.chat.features import Features, TaskType
from optipath_router.decide import Decision, Health, decide, make_plan
from optipath_router.decide.decision import Measured, Warm
from optipath_snapshot import Balanced, HighestQuality, LowestCost, LowestLatency, Pricing, Strategy, Target
from support.builders import route, snapshot, target

NAMES = ("acme/a", "acme/b", "bell/c", "bell/d", "cora/e")


def priced(dollars_in: str, dollars_out: str, **more: Any) -> Pricing:
    """Prices for a million tokens."""
    return Pricing(input_per_mtok=Decimal(dollars_in), output_per_mtok=Decimal(dollars_out), **more)


def quality(default: str | None = None, **by_task: str) -> dict[str, Decimal]:
    """A declared quality."""
    declared = {**({} if default is None else {"default": default}), **by_task}
    return {name: Decimal(value) for name, value in declared.items()}


def ranked(
    strategy: Strategy, *targets: Target, seen: Features | None = None, health: Health | None = None, draw: int = 0
) -> Decision:
    """What a rule with this strategy decides."""
    made = snapshot(route(*(each.name for each in targets), strategy=strategy), targets=targets)
    return decide(seen or Features("auto", 1000), make_plan(made, "sha256:0", {}), health or Health(), draw)


def names(decision: Decision) -> list[str]:
    """The ranking."""
    return [each.name for each in decision.ranking]


_CENTS = st.integers(0, 5000).map(lambda cents: Decimal(cents) / 100)
_SHARES = st.integers(0, 100).map(lambda percent: Decimal(percent) / 100)
_PRICINGS = st.none() | st.builds(
    Pricing, input_per_mtok=_CENTS, output_per_mtok=_CENTS, cached_input_per_mtok=st.none() | _CENTS
)
_QUALITIES = st.fixed_dictionaries({}, optional={"default": _SHARES, "Code": _SHARES, "Chat": _SHARES})
_MEASURED = st.builds(
    Measured,
    answers=st.integers(0, 30),
    first_content_seconds=st.floats(0, 20),
    token_seconds=st.floats(0, 0.2),
    attempts=st.integers(0, 30),
    success_share=st.floats(0, 1),
)


def _targets(pricings: st.SearchStrategy[Pricing | None], qualities: st.SearchStrategy[dict[str, Decimal]]) -> Any:
    return st.lists(st.sampled_from(NAMES), unique=True, min_size=1).flatmap(
        lambda found: st.tuples(
            *(st.builds(target, st.just(name), pricing=pricings, quality=qualities) for name in found)
        )
    )


some_targets: st.SearchStrategy[tuple[Target, ...]] = _targets(_PRICINGS, _QUALITIES)
known_targets: st.SearchStrategy[tuple[Target, ...]] = _targets(
    _PRICINGS.filter(bool), st.fixed_dictionaries({"default": _SHARES}, optional={"Code": _SHARES})
)
"""Those of which price and quality are known."""
some_features = st.builds(
    Features,
    model=st.just("auto"),
    input_tokens=st.integers(1, 100_000),
    output_tokens=st.none() | st.integers(1, 4000),
    streams=st.booleans(),
    tasks=st.none() | st.just(((TaskType.CODE, 0.7), (TaskType.CHAT, 0.3))),
    difficulty=st.none() | st.floats(0, 1),
    known_quality=st.none() | st.dictionaries(st.sampled_from("abc"), st.floats(0, 1)),
    conversation=st.none() | st.just("conversation"),
)
some_healths = st.builds(
    Health,
    version=st.integers(0, 9),
    turns=st.fixed_dictionaries({}, optional={"team-a/policy/rule": st.integers(0, 9)}),
    in_flight=st.dictionaries(st.sampled_from(NAMES), st.integers(1, 5)),
    measured=st.dictionaries(st.sampled_from(NAMES), _MEASURED),
    warm=st.fixed_dictionaries(
        {}, optional={"conversation": st.builds(Warm, st.sampled_from(NAMES), st.integers(0, 50_000))}
    ),
)
"""Without obstacles."""
simple_strategies: st.SearchStrategy[Strategy] = st.sampled_from((LowestCost(), LowestLatency(), HighestQuality()))
balances: st.SearchStrategy[Strategy] = st.builds(
    Balanced, cost=_SHARES, latency=_SHARES, quality=_SHARES, reliability=_SHARES
).filter(lambda made: any((made.cost, made.latency, made.quality, made.reliability)))
