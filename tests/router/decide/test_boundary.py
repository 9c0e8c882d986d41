"""Data boundaries: which requests they bind, and whom they leave out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.chat.features import Features, Sensitivity
from optipath_router.decide import Decision, Health, decide, make_plan
from optipath_router.decide.decision import Basis, Reason
from optipath_snapshot import Boundary, Handling, Hints, PolicyRef, Snapshot
from support.builders import provider, route, snapshot

PII, SECRET = Sensitivity.PII, Sensitivity.SECRET
POLICY = PolicyRef(namespace="team-a", name="guard", generation=2)
INSIDE = provider("vllm", handling=Handling(locality="Cluster", region="eu", retention_days=0))
EUROPE = provider("mistral", handling=Handling(region="eu-west-1", retention_days=30))
SILENT = provider("acme")
TARGETS = ("acme/a", "mistral/m", "vllm/v")


def boundary(**given: Any) -> Boundary:
    return Boundary(**{"policy": POLICY, "name": "guard", **given})


def guarded(*boundaries: Boundary, **given: Any) -> Snapshot:
    return snapshot(route(*TARGETS), providers=(INSIDE, EUROPE, SILENT), boundaries=boundaries, **given)


def decided(of: Snapshot, labels: dict[str, str] | None = None, model: str = "auto", **seen: Any) -> Decision:
    return decide(Features(model, 10, **seen), make_plan(of, "sha256:0", labels or {}), Health(), 0)


def ranked(of: Snapshot, **seen: Any) -> list[str]:
    return [each.name for each in decided(of, **seen).ranking]


ADMITTED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "in the cluster": ({"locality": "Cluster"}, ["vllm/v"]),
    "in a region, and all in it": ({"regions": ("eu",)}, ["mistral/m", "vllm/v"]),
    "in a part of a region": ({"regions": ("eu-west-1",)}, ["mistral/m"]),
    "a region is no beginning of a name": ({"regions": ("eu-w",)}, []),
    "in any of two": ({"regions": ("us", "eu-west-1")}, ["mistral/m"]),
    "kept for a month at most": ({"retention_days": 30}, ["mistral/m", "vllm/v"]),
    "kept for less": ({"retention_days": 29}, ["vllm/v"]),
    "never kept": ({"retention_days": 0}, ["vllm/v"]),
    "all of it": ({"locality": "Cluster", "regions": ("eu",), "retention_days": 0}, ["vllm/v"]),
}


@pytest.mark.parametrize(("where", "admitted"), ADMITTED.values(), ids=ADMITTED)
def test_who_is_admitted(where: dict[str, Any], admitted: list[str]) -> None:
    of = guarded(boundary(**where))
    assert ranked(of) == admitted
    assert {left.target for left in decided(of).left_out} == set(TARGETS) - set(admitted)


BOUND: dict[str, tuple[tuple[str, ...], dict[str, Any], str | None]] = {
    "every request": ((), {}, "it binds every request"),
    "what was found": (("PII",), {"sensitivity": frozenset({PII})}, "the request holds PII"),
    "both": (("PII", "Secret"), {"sensitivity": frozenset({PII, SECRET})}, "the request holds PII and Secret"),
    "something else was found": (("PII",), {"sensitivity": frozenset({SECRET})}, None),
    "nothing was found": (("PII",), {"sensitivity": frozenset[Sensitivity]()}, None),
    "nobody has looked": (("PII",), {}, "the request was not looked through for anything sensitive"),
    "nobody can look": (
        ("PII",),
        {"sensitivity": frozenset[Sensitivity](), "looked_through": False},
        "a part of the request cannot be looked through",
    ),
}


@pytest.mark.parametrize(("words", "seen", "why"), BOUND.values(), ids=BOUND)
def test_which_requests_are_bound(words: tuple[str, ...], seen: dict[str, Any], why: str | None) -> None:
    decision = decided(guarded(boundary(sensitivity=words, locality="Cluster")), **seen)
    assert [trace.why for trace in decision.boundaries] == ([why] if why else [])
    assert [each.name for each in decision.ranking] == (["vllm/v"] if why else list(TARGETS))


def test_who_is_left_out_says_by_which_boundary_and_why() -> None:
    left = {each.target: each for each in decided(guarded(boundary(regions=("eu",)))).left_out}
    assert left["acme/a"].reason is Reason.DATA_BOUNDARY
    assert left["acme/a"].detail == (
        "boundary 'guard' of team-a/guard@2: provider 'acme' does not say its region, and must be in eu"
    )


def test_a_boundary_holds_where_a_model_is_asked_for_by_its_name_as_well() -> None:
    # Or whoever knows the name of a model would have a way round it.
    of = snapshot(
        targets=["acme/large", "vllm/large"],
        providers=(INSIDE, SILENT),
        boundaries=(boundary(locality="Cluster"),),
    )
    decision = decided(of, model="large")
    assert decision.basis is Basis.MODEL
    assert [each.name for each in decision.ranking] == ["vllm/large"]


def test_all_boundaries_hold_at_once() -> None:
    assert ranked(guarded(boundary(regions=("eu",)), boundary(name="short", retention_days=7))) == ["vllm/v"]


def test_a_boundary_binds_the_pods_of_its_policy() -> None:
    of = guarded(boundary(locality="Cluster", workload={"app": "chat"}))
    assert len(decided(of, {"app": "search"}).ranking) == 3
    assert len(decided(of, {"app": "chat"}).ranking) == 1
    assert make_plan(of, "", {"app": "search"}).wants == frozenset()


def test_sensitivity_is_wanted_where_a_boundary_hangs_on_it_and_nowhere_else() -> None:
    asked = Features("auto", 10)
    assert make_plan(guarded(boundary(locality="Cluster")), "", {}).wanted(asked) == frozenset()
    by_what = guarded(boundary(locality="Cluster", sensitivity=("PII",)))
    assert make_plan(by_what, "", {}).wanted(asked) == {"sensitivity"}


@given(
    words=st.lists(st.sampled_from(("PII", "Secret")), unique=True),
    found=st.none() | st.frozensets(st.sampled_from(Sensitivity)),
    looked_through=st.booleans(),
    where=st.sampled_from([given for given, _ in ADMITTED.values()]),
)
def test_nothing_goes_where_it_may_not_and_knowing_less_admits_nobody_more(
    words: list[str], found: frozenset[Sensitivity] | None, *, looked_through: bool, where: dict[str, Any]
) -> None:
    of = guarded(boundary(sensitivity=tuple(words), **where))
    known = set(ranked(of, sensitivity=found, looked_through=looked_through))
    assert set(ranked(of)) <= known
    if not words or (found and {each.value for each in found} & set(words)):
        assert known == set(ranked(guarded(boundary(**where))))


HINTS: dict[str, tuple[list[tuple[dict[str, str], bool]], bool]] = {
    "nobody says anything": ([], False),
    "allowed": ([({}, True)], True),
    "the first one counts": ([({}, False), ({}, True)], False),
    "one for other pods is passed over": ([({"app": "x"}, False), ({"app": "chat"}, True)], True),
}


@pytest.mark.parametrize(("said", "allowed"), HINTS.values(), ids=HINTS)
def test_whether_hints_count(said: list[tuple[dict[str, str], bool]], *, allowed: bool) -> None:
    stances = tuple(Hints(policy=POLICY, workload=workload, allowed=each) for workload, each in said)
    assert make_plan(guarded(hints=stances), "", {"app": "chat"}).hints is allowed
