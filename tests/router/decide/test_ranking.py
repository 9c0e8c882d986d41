"""What holds of strategies that predict, whatever the targets and the request."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.chat.features import Features
from optipath_router.decide import Decision, Health
from optipath_router.decide.decision import Reason
from optipath_router.decide.predict import Predictor, facts
from optipath_router.decide.rank import wanted
from optipath_router.decide.scored import Part
from optipath_snapshot import (
    Balanced,
    CostCeiling,
    HighestQuality,
    LeastBusy,
    LowestCost,
    LowestLatency,
    Ordered,
    QualityFloor,
    RoundRobin,
    StickyConversation,
    StickyHeader,
    Strategy,
    Target,
    Weighted,
)
from support.builders import target
from support.ranking import (
    balances,
    known_targets,
    names,
    priced,
    quality,
    ranked,
    simple_strategies,
    some_features,
    some_healths,
    some_targets,
)

Targets = tuple[Target, ...]


def predictor(targets: Targets, seen: Features, health: Health) -> Predictor:
    warm = health.warm.get(seen.conversation) if seen.conversation else None
    return Predictor(seen, {each.name: facts(each) for each in targets}, health.measured, warm)


def predicted(decision: Decision, part: Part) -> list[float | None]:
    """A part's values in the order of the ranking."""
    by_name = {scored.target: scored.part(part) for scored in decision.scored}
    return [found.value if (found := by_name[name]) else None for name in names(decision)]


@pytest.mark.row("A02", "A19", "C05")
@given(targets=some_targets, seen=some_features, health=some_healths, balance=balances)
def test_the_parts_times_their_weights_add_up_to_the_total(
    targets: Targets, seen: Features, health: Health, balance: Balanced
) -> None:
    decision = ranked(balance, *targets, seen=seen, health=health)
    assert {part.name for scored in decision.scored for part in scored.parts} == {*Part} - {Part.IN_FLIGHT}
    for scored in decision.scored:
        assert sum(part.points * part.weight for part in scored.parts) == pytest.approx(scored.total)
        assert sum(part.weight for part in scored.parts) == pytest.approx(1)


@pytest.mark.row("A19")
@given(targets=some_targets, seen=some_features, health=some_healths, strategy=simple_strategies | balances)
def test_whoever_adds_up_the_parts_finds_the_same_winner(
    targets: Targets, seen: Features, health: Health, strategy: Strategy
) -> None:
    decision = ranked(strategy, *targets, seen=seen, health=health)
    totals = [sum(part.points * part.weight for part in scored.parts) for scored in decision.scored]
    assert [scored.target for scored in decision.scored] == names(decision)
    assert totals[0] == pytest.approx(max(totals))


@given(targets=known_targets, seen=some_features, health=some_healths, balance=balances, data=st.data())
def test_one_that_drops_out_does_not_turn_the_order_of_the_others(
    targets: Targets, seen: Features, health: Health, balance: Balanced, data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(targets)).name
    whole = ranked(balance, *targets, seen=seen, health=health)
    rest = ranked(balance, *(each for each in targets if each.name != gone), seen=seen, health=health)
    assert names(rest) == [name for name in names(whole) if name != gone]


@pytest.mark.row("A09", "C02")
@given(targets=some_targets, seen=some_features, health=some_healths)
def test_the_cheapest_comes_first_and_the_unpriced_last(targets: Targets, seen: Features, health: Health) -> None:
    decision = ranked(LowestCost(), *targets, seen=seen, health=health)
    made = predictor(targets, seen, health)
    costs = {each.name: made.cost([each.name])[0][0] for each in targets}
    in_order = [costs[name] for name in names(decision)]
    known = [cost for cost in in_order if cost is not None]
    assert known == sorted(known)
    assert in_order == [*known, *[None] * (len(targets) - len(known))]
    assert predicted(decision, Part.COST) == in_order


@pytest.mark.row("A10", "C03")
@given(targets=some_targets, seen=some_features, health=some_healths)
def test_the_quickest_comes_first(targets: Targets, seen: Features, health: Health) -> None:
    decision = ranked(LowestLatency(), *targets, seen=seen, health=health)
    made = predictor(targets, seen, health)
    seconds = [made.seconds([each.name])[0][0] or 0.0 for each in decision.ranking]
    assert seconds == sorted(seconds)
    assert predicted(decision, Part.LATENCY) == seconds


@pytest.mark.row("A11", "C04")
@given(targets=some_targets, seen=some_features, health=some_healths)
def test_the_best_comes_first_and_of_equal_ones_the_cheapest(targets: Targets, seen: Features, health: Health) -> None:
    decision = ranked(HighestQuality(), *targets, seen=seen, health=health)
    made = predictor(targets, seen, health)
    for one, next_one in pairwise(decision.ranking):
        first, second = made.quality([one.name])[0][0], made.quality([next_one.name])[0][0]
        if first is None:
            assert second is None
        elif second is not None:
            assert first >= second
            if first == second:
                dear = made.cost([next_one.name])[0][0]
                assert dear is None or (made.cost([one.name])[0][0] or 0.0) <= dear


@pytest.mark.row("B27")
@given(targets=some_targets, seen=some_features, health=some_healths, percent=st.integers(0, 100))
def test_above_a_floor_the_most_quality_for_a_dollar_is_what_brute_force_finds(
    targets: Targets, seen: Features, health: Health, percent: int
) -> None:
    floor = Decimal(percent) / 100
    decision = ranked(QualityFloor(min_quality=floor), *targets, seen=seen, health=health)
    made = predictor(targets, seen, health)
    worth = {}
    for each in targets:
        found, dollars = made.quality([each.name])[0][0], made.cost([each.name])[0][0]
        if found is not None and dollars is not None and found >= float(floor):
            worth[each.name] = max(found, 1e-6) / max(dollars, 1e-9)
    assert len(decision.ranking) == len(targets)
    if worth:
        assert worth[names(decision)[0]] == pytest.approx(max(worth.values()))
        assert set(names(decision)[: len(worth)]) == set(worth)


@pytest.mark.row("C30")
@given(targets=some_targets, seen=some_features, health=some_healths, mills=st.integers(0, 200))
def test_below_a_ceiling_the_best_is_what_brute_force_finds_and_nobody_is_dearer(
    targets: Targets, seen: Features, health: Health, mills: int
) -> None:
    ceiling = Decimal(mills) / 1000
    decision = ranked(CostCeiling(max_cost=ceiling), *targets, seen=seen, health=health)
    made = predictor(targets, seen, health)
    within = {
        each.name: each
        for each in targets
        if (cost := made.cost([each.name])[0][0]) is not None and cost <= float(ceiling)
    }
    assert set(names(decision)) == set(within)
    assert {left.target for left in decision.left_out} == {each.name for each in targets} - set(within)
    assert {left.reason for left in decision.left_out} <= {Reason.COST_LIMIT}
    qualities = [made.quality([within[name].name])[0][0] for name in names(decision)]
    assert qualities == sorted(qualities, key=lambda found: -1.0 if found is None else found, reverse=True)


def test_as_a_prompt_grows_the_dear_ones_drop_out() -> None:
    small = target("acme/small", pricing=priced("0.1", "0.4"), quality=quality("0.6"))
    large = target("acme/large", pricing=priced("5", "15"), quality=quality("0.9"))
    within = CostCeiling(max_cost=Decimal("0.01"))
    first = {
        tokens: names(ranked(within, small, large, seen=Features("auto", tokens))) for tokens in (100, 10_000, 10**6)
    }
    assert first == {100: ["acme/large", "acme/small"], 10_000: ["acme/small"], 10**6: []}


@pytest.mark.row("A12")
@given(targets=some_targets, health=some_healths)
def test_the_least_busy_is_never_busier_than_another(targets: Targets, health: Health) -> None:
    decision = ranked(LeastBusy(), *targets, health=health)
    busy = [health.in_flight.get(name, 0) for name in names(decision)]
    assert busy == sorted(busy)
    assert predicted(decision, Part.IN_FLIGHT) == busy


def test_of_equally_busy_ones_each_has_its_turn() -> None:
    three = [target(name) for name in ("acme/a", "acme/b", "acme/c")]
    busy = {"acme/b": 1}
    first = [
        names(ranked(LeastBusy(), *three, health=Health(0, {"team-a/policy/rule": turn}, {}, busy)))[0]
        for turn in range(6)
    ]
    assert set(first) == {"acme/a", "acme/c"}


@pytest.mark.row("A02")
def test_a_heavier_weight_moves_the_choice_towards_what_it_weighs() -> None:
    cheap = target("acme/cheap", pricing=priced("0.1", "0.4"), quality=quality("0.5"))
    good = target("acme/good", pricing=priced("5", "15"), quality=quality("0.9"))
    chosen = [
        names(ranked(Balanced(cost=1 - heavy, quality=heavy), cheap, good))[0]
        for heavy in (Decimal(tenths) / 10 for tenths in range(11))
    ]
    assert (chosen[0], chosen[-1]) == ("acme/cheap", "acme/good")
    assert chosen == sorted(chosen)


@pytest.mark.row("D23", "C22")
def test_what_is_easy_goes_to_the_cheap_model_and_what_is_demanding_to_the_strong_one() -> None:
    cheap = target("acme/cheap", pricing=priced("0.1", "0.4"), quality=quality("0.6"))
    strong = target("acme/strong", pricing=priced("2", "8"), quality=quality("0.85"))
    even = Balanced(cost=Decimal("0.4"), quality=Decimal("0.6"))
    by_difficulty = [
        names(ranked(even, cheap, strong, seen=Features("auto", 1000, difficulty=tenths / 10)))[0]
        for tenths in range(10)
    ]
    assert by_difficulty[0] == "acme/cheap"
    assert by_difficulty[5] == "acme/strong"


@pytest.mark.row("B24")
def test_the_same_prompt_goes_elsewhere_once_prices_or_times_are_others() -> None:
    a, b = target("acme/a", pricing=priced("1", "1")), target("bell/b", pricing=priced("2", "2"))
    cheaper = target("bell/b", pricing=priced("0.5", "0.5"))
    assert names(ranked(LowestCost(), a, b)) == ["acme/a", "bell/b"]
    assert names(ranked(LowestCost(), a, cheaper)) == ["bell/b", "acme/a"]


def test_what_is_not_known_counts_as_the_worst_of_the_others_and_never_as_nothing() -> None:
    cheap = target("acme/cheap", pricing=priced("1", "1"), quality=quality("0.5"))
    unpriced = target("bell/unpriced", quality=quality("0.5"))
    decision = ranked(Balanced(cost=Decimal(1)), unpriced, cheap)
    points = {scored.target: scored.total for scored in decision.scored}
    assert points["bell/unpriced"] == points["acme/cheap"]
    assert names(ranked(LowestCost(), unpriced, cheap)) == ["acme/cheap", "bell/unpriced"]


TIES: dict[str, tuple[Strategy, list[str]]] = {
    "equally dear: the better one": (LowestCost(), ["acme/b", "acme/a", "acme/c"]),
    "equally quick: the cheaper, then as written": (LowestLatency(), ["acme/a", "acme/b", "acme/c"]),
    "equally balanced: as written": (Balanced(cost=Decimal(1)), ["acme/a", "acme/b", "acme/c"]),
}


@pytest.mark.parametrize(("strategy", "order"), TIES.values(), ids=TIES)
def test_ties_are_broken_as_is_written_down(strategy: Strategy, order: list[str]) -> None:
    same = priced("1", "2")
    targets = (
        target("acme/a", pricing=same, quality=quality("0.5")),
        target("acme/b", pricing=same, quality=quality("0.7")),
        target("acme/c", pricing=same),
    )
    assert names(ranked(strategy, *targets)) == order


WANTED: dict[str, tuple[Strategy, set[str]]] = {
    "ordered": (Ordered(), set()),
    "weighted": (Weighted(), set()),
    "weighted by header": (Weighted(sticky=StickyHeader(name="x-session")), set()),
    "weighted by conversation": (Weighted(sticky=StickyConversation()), {"conversation"}),
    "roundRobin": (RoundRobin(), set()),
    "leastBusy": (LeastBusy(), set()),
    "lowestCost": (LowestCost(), {"tasks", "conversation"}),
    "lowestLatency": (LowestLatency(), {"tasks"}),
    "balanced, reliability alone": (Balanced(reliability=Decimal(1)), set()),
    "balanced, quality too": (
        Balanced(reliability=Decimal(1), quality=Decimal(1)),
        {"tasks", "difficulty", "known_quality"},
    ),
}


@pytest.mark.parametrize(("strategy", "features"), WANTED.values(), ids=WANTED)
def test_a_strategy_says_which_features_it_makes_use_of(strategy: Strategy, features: set[str]) -> None:
    assert wanted(strategy) == features
    assert wanted(strategy) <= set(Features.__struct_fields__)
