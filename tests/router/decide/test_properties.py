"""What holds of every decision, whatever the snapshot and the request."""

import ast
import copy
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import optipath_router.decide
from optipath_router.chat.features import Features
from optipath_router.decide import Decision, Health, Obstacle, Plan, decide, make_plan
from optipath_router.decide.decision import Basis, Reason
from optipath_router.decide.plan import route_id
from optipath_snapshot import Capability, Ordered, RoundRobin, Route, Snapshot, Strategy, Target, Weighted
from support.builders import provider, route, snapshot, target

NAMES = ("acme/a", "acme/b", "acme/team-1", "bell/a", "bell/b", "cora/team-2")
MODELS = ("a", "b", "team-1", "team-2", "nobody's")
PATTERNS = ("a", "b", "team-*", "?", "*")
NEEDS = (Capability.CHAT, Capability.TOOLS, Capability.VISION)
TOKENS = st.integers(1, 40)

draws = st.integers(0, 2**64 - 1)
features = st.builds(
    Features,
    model=st.sampled_from(MODELS),
    input_tokens=TOKENS,
    output_tokens=st.none() | TOKENS,
    needs=st.frozensets(st.sampled_from(NEEDS)),
    headers=st.none() | st.fixed_dictionaries({}, optional={"x-team": st.sampled_from(("search", "mail"))}),
)
facts = st.fixed_dictionaries(
    {},
    optional={
        "context_window": TOKENS,
        "max_output_tokens": TOKENS,
        "lacks": st.lists(st.sampled_from(NEEDS), unique=True).map(tuple),
    },
)
obstacles = st.builds(
    Obstacle, st.sampled_from((Reason.BREAKER_OPEN, Reason.EJECTED, Reason.COOLING_DOWN)), st.just("ill"), st.none()
)
healths = st.builds(Health, st.just(1), st.just({}), st.dictionaries(st.sampled_from(NAMES), obstacles))
strategies: st.SearchStrategy[Strategy] = st.sampled_from((Ordered(), Weighted(), RoundRobin()))


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    targets = [target(name, **draw(facts)) for name in draw(st.lists(st.sampled_from(NAMES), unique=True))]
    used = st.sampled_from([each.name for each in targets]) if targets else st.nothing()
    pairs = st.lists(st.tuples(used, st.integers(0, 3)), unique_by=lambda pair: pair[0]) if targets else st.just([])
    routes = [
        route(
            *draw(pairs),
            rule=f"rule-{number}",
            models=draw(st.lists(st.sampled_from(PATTERNS), max_size=2, unique=True)),
            headers=draw(st.none() | st.just({"x-team": "search"})),
            strategy=draw(strategies),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    return snapshot(*routes, targets=targets)


def plan_of(made: Snapshot) -> Plan:
    return make_plan(made, "sha256:0", {})


def matches(asked: Route, seen: Features) -> bool:
    models = asked.match.models
    return (not models or any(fnmatchcase(seen.model, pattern) for pattern in models)) and all(
        (seen.headers or {}).get(wanted.name) == wanted.value for wanted in asked.match.headers
    )


def may_serve(candidate: Target, seen: Features) -> bool:
    out = seen.output_tokens or 0
    return (
        not set(candidate.lacks) & seen.needs
        and seen.input_tokens + out <= (candidate.context_window or 10**9)
        and out <= (candidate.max_output_tokens or 10**9)
    )


def named(made: Snapshot, seen: Features) -> list[Target]:
    """The targets that a request may be about, by the first rule that matches or by the model's name."""
    by_name = {each.name: each for each in made.targets}
    for each in made.routes:
        if matches(each, seen):
            return [by_name[used.target] for used in each.targets]
    return [each for each in made.targets if each.model == seen.model]


@pytest.mark.row("C23")
@given(made=snapshots(), seen=features, draw=draws)
def test_the_same_values_give_the_same_decision(made: Snapshot, seen: Features, draw: int) -> None:
    assert decide(seen, plan_of(made), Health(), draw) == decide(seen, plan_of(made), Health(), draw)


@given(made=snapshots(), seen=features, draw=draws)
def test_deciding_changes_nothing_that_it_was_given(made: Snapshot, seen: Features, draw: int) -> None:
    before, health = copy.deepcopy((made, seen)), Health(3, {"team-a/policy/rule-0": 5})
    decide(seen, plan_of(made), health, draw)
    assert (made, seen) == before
    assert health == Health(3, {"team-a/policy/rule-0": 5})


@given(made=snapshots(), seen=features, draw=draws, data=st.data())
def test_the_order_of_a_snapshots_targets_and_providers_changes_nothing(
    made: Snapshot, seen: Features, draw: int, data: st.DataObject
) -> None:
    shuffled = made.model_copy(
        update={
            "targets": tuple(data.draw(st.permutations(made.targets))),
            "providers": tuple(data.draw(st.permutations(made.providers))),
        }
    )
    assert decide(seen, plan_of(shuffled), Health(), draw) == decide(seen, plan_of(made), Health(), draw)


@given(made=snapshots(), seen=features, draw=draws, data=st.data())
def test_the_order_of_weighted_candidates_changes_nothing(
    made: Snapshot, seen: Features, draw: int, data: st.DataObject
) -> None:
    def weighted(*, shuffle: bool) -> Decision:
        routes = [
            each.model_copy(
                update={
                    "strategy": Weighted(),
                    "targets": tuple(data.draw(st.permutations(each.targets))) if shuffle else each.targets,
                }
            )
            for each in made.routes
        ]
        return decide(seen, plan_of(made.model_copy(update={"routes": tuple(routes)})), Health(), draw)

    one, other = weighted(shuffle=False), weighted(shuffle=True)
    assert one.ranking == other.ranking
    assert set(one.left_out) == set(other.left_out)


@given(made=snapshots(), seen=features, health=healths, draw=draws)
def test_every_named_target_is_ranked_or_left_out_with_a_reason_and_never_both(
    made: Snapshot, seen: Features, health: Health, draw: int
) -> None:
    decision = decide(seen, plan_of(made), health, draw)
    told = [each.name for each in decision.ranking] + [each.target for each in decision.left_out]
    assert sorted(told) == sorted(each.name for each in named(made, seen))
    assert all(each.reason and each.detail for each in decision.left_out)


@given(made=snapshots(), seen=features, health=healths, draw=draws)
def test_nobody_is_asked_in_bad_health_while_somebody_is_well(
    made: Snapshot, seen: Features, health: Health, draw: int
) -> None:
    ranking = [each.name for each in decide(seen, plan_of(made), health, draw).ranking]
    well = [each.name for each in decide(seen, plan_of(made), Health(), draw).ranking]
    well = [name for name in well if name not in health.obstacles]
    assert sorted(ranking) == sorted(well) if well else len(ranking) <= 1


@given(made=snapshots(), seen=features, draw=draws)
def test_those_are_ranked_that_may_serve_and_no_others(made: Snapshot, seen: Features, draw: int) -> None:
    decision = decide(seen, plan_of(made), Health(), draw)
    assert {each.name for each in decision.ranking} == {
        each.name for each in named(made, seen) if may_serve(each, seen)
    }


@given(made=snapshots(), seen=features, draw=draws)
def test_the_first_rule_that_matches_wins_and_later_ones_are_not_asked(
    made: Snapshot, seen: Features, draw: int
) -> None:
    decision = decide(seen, plan_of(made), Health(), draw)
    failing: list[tuple[str, bool]] = []
    for each in made.routes:
        if matches(each, seen):
            assert (decision.basis, decision.rule, decision.route) == (Basis.RULE, each.rule, route_id(each))
            assert [(trace.rule, bool(trace.failed)) for trace in decision.rules] == [*failing, (each.rule, False)]
            return
        failing.append((each.rule, True))
    assert decision.basis is not Basis.RULE
    assert [(trace.rule, bool(trace.failed)) for trace in decision.rules] == failing


@given(seen=features, draw=draws, used=st.lists(st.sampled_from(NAMES), unique=True, min_size=1), strategy=strategies)
def test_what_is_not_known_of_a_target_leaves_it_in(
    seen: Features, draw: int, used: list[str], strategy: Strategy
) -> None:
    made = snapshot(route(*used, strategy=strategy))
    decision = decide(seen, plan_of(made), Health(), draw)
    assert {each.name for each in decision.ranking} == set(used)
    assert decision.left_out == ()


def test_an_empty_snapshot_decides_for_nothing() -> None:
    decision = decide(Features("a", 1), plan_of(snapshot(providers=[provider()])), Health(), 0)
    assert (decision.basis, decision.ranking, decision.left_out, decision.rules) == (Basis.NOTHING, (), (), ())


@pytest.mark.row("C23")
def test_deciding_imports_no_clock_no_chance_and_no_loop() -> None:
    impure = {"time", "random", "asyncio", "datetime", "secrets", "os", "socket", "threading"}
    for file in Path(optipath_router.decide.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.partition(".")[0] for name in names} & impure, file.name
