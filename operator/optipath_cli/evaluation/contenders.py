"""Contenders: what decides who answers, each as a snapshot that the router could be given, and what to ask it for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import yaml
from pydantic import ValidationError

from optipath_cli.evaluation.prices import recorded_price
from optipath_cli.evaluation.recordings import Recordings
from optipath_operator.compile.strategies import compile_strategy
from optipath_operator.resources import StrategySpec
from optipath_router.classify.model.names import canonical
from optipath_router.decide.aliases import ALIASES
from optipath_snapshot import Match, PolicyRef, Provider, Route, RouteTarget, Snapshot, Strategy, Target

POLICY: Final = "policy"
"""The contender that is the user's policy as it is written."""
USUAL: Final = ("auto", "eco", "balanced", "premium")

_PROVIDER: Final = Provider(name="recorded", type="OpenAICompatible", url="https://recorded.invalid/v1")
_ASKED: Final = "evaluated"
_REF: Final = PolicyRef(namespace="optipath", name="eval", generation=1)


class NoContender(Exception):
    """What cannot compete; the message says why."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A way to decide."""

    name: str
    snapshot: Snapshot
    asked: str
    """The model that requests ask for."""


@dataclass(frozen=True, slots=True)
class Field:
    """Who may answer: targets of the recorded models, as the router sees them."""

    snapshot: Snapshot
    """Providers and targets alone."""
    recorded: Mapping[str, int]
    """By the target's name, the place of its model among the recorded ones."""


def generated(recordings: Recordings) -> Field:
    """A target for each recorded model, with the price that its costs show; no quality is declared."""
    targets = [
        Target(
            name=f"{_PROVIDER.name}/{model}",
            provider=_PROVIDER.name,
            model=model,
            upstream_model=model,
            pricing=recorded_price(recordings, place),
        )
        for place, model in enumerate(recordings.models)
    ]
    named = {target.name: place for place, target in enumerate(targets)}
    return Field(Snapshot(namespace="eval", providers=(_PROVIDER,), targets=tuple(targets)), named)


def declared(snapshot: Snapshot, recordings: Recordings) -> Field:
    """The targets of a user's snapshot whose models were recorded, by any of their names; raises NoContender."""
    places = {canonical(model): place for place, model in enumerate(recordings.models)}
    found: dict[str, int] = {}
    for target in snapshot.targets:
        place = places.get(canonical(target.model), places.get(canonical(target.upstream_model)))
        if place is not None:
            found[target.name] = place
    if not found:
        raise NoContender(
            f"none of the manifests' models is recorded in {recordings.name!r}; recorded are "
            f"{', '.join(recordings.models)}"
        )
    targets = tuple(target for target in snapshot.targets if target.name in found)
    return Field(Snapshot(namespace=snapshot.namespace, providers=snapshot.providers, targets=targets), found)


def as_written(snapshot: Snapshot, field: Field, asked: str) -> Contender:
    """The user's policies over the recorded targets: one that was not recorded is taken to be away."""
    routes = tuple(
        route.model_copy(update={"targets": tuple(used for used in route.targets if used.target in field.recorded)})
        for route in snapshot.routes
    )
    update = {"targets": field.snapshot.targets, "routes": routes}
    return Contender(POLICY, snapshot.model_copy(update=update), asked)


def named(text: str, field: Field) -> Contender:
    """An alias, or a strategy as a policy would have it: `lowestCost`, `costWithin: {minQuality: 0.7}`.

    Raises NoContender.
    """
    if text in ALIASES:
        return Contender(text, field.snapshot, text)
    written = text if re.search(r"[:{]", text) else f"{text}: {{}}"
    try:
        # As in a manifest, whose numbers are texts: money has no binary fractions.
        parsed = yaml.load(written, yaml.BaseLoader)  # noqa: S506  it makes texts, lists and dicts alone
        spec = StrategySpec.model_validate(parsed)
    except (yaml.YAMLError, ValidationError) as problem:
        aliases = ", ".join(ALIASES)
        raise NoContender(
            f"{text!r} is neither an alias ({aliases}) nor a strategy such as lowestCost or "
            f"'costWithin: {{minQuality: 0.7}}': {_first(problem)}"
        ) from problem
    return ranked_by(text, compile_strategy(spec)[0], field)


def ranked_by(name: str, strategy: Strategy, field: Field) -> Contender:
    """All recorded targets, ranked by a strategy."""
    used = tuple(RouteTarget(target=target.name) for target in field.snapshot.targets)
    route = Route(policy=_REF, rule="all", match=Match(), strategy=strategy, targets=used)
    return Contender(name, field.snapshot.model_copy(update={"routes": (route,)}), _ASKED)


def left_out(snapshot: Snapshot, field: Field) -> Sequence[str]:
    """Targets of a user's that nothing is recorded of."""
    return [target.name for target in snapshot.targets if target.name not in field.recorded]


def unheard(recordings: Recordings, field: Field) -> Iterable[str]:
    """Recorded models that no target stands for."""
    heard = set(field.recorded.values())
    return (model for place, model in enumerate(recordings.models) if place not in heard)


def _first(problem: yaml.YAMLError | ValidationError) -> str:
    if isinstance(problem, ValidationError):
        error = problem.errors()[0]
        where = ".".join(str(part) for part in error["loc"])
        return f"{where}: {error['msg']}" if where else error["msg"]
    return str(problem).split("\n", 1)[0]
