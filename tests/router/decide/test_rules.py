"""Which rule a request falls under, and what happens where none does."""

import pytest

from optipath_router.chat.features import Features
from optipath_router.decide import Decision, Health, decide, make_plan
from optipath_router.decide.decision import Basis
from optipath_snapshot import AllOf, AnyOf, Match, NoneOf, Route, Snapshot
from support.builders import route, snapshot, target


def decided(made: Snapshot, model: str = "auto", **seen: object) -> Decision:
    labels = seen.pop("labels", {})
    return decide(Features(model, 10, **seen), make_plan(made, "sha256:0", labels), Health(), 0)  # type: ignore[arg-type]  # as the test gives it


def rule_for(model: str, *routes: Route, **seen: object) -> str | None:
    return decided(snapshot(*routes), model, **seen).rule


GLOBS = {
    "an exact name": ("gpt-5", "gpt-5", True),
    "another name": ("gpt-5", "gpt-5-mini", False),
    "case counts": ("GPT-5", "gpt-5", False),
    "a star at the end": ("team-*", "team-search", True),
    "a star takes nothing, too": ("team-*", "team-", True),
    "a star in the middle": ("a*z", "a/b/z", True),
    "two stars": ("*/llama-*", "meta/llama-3", True),
    "any one sign": ("gpt-?", "gpt-5", True),
    "exactly one": ("gpt-?", "gpt-55", False),
    "everything": ("*", "whatever", True),
    "a dot is a dot": ("gpt.5", "gptx5", False),
    "a whole name, not a part of it": ("gpt-*", "my-gpt-5", False),
    "a line feed ends no name": ("gpt-5", "gpt-5\n", False),
}


@pytest.mark.parametrize(("pattern", "model", "fits"), GLOBS.values(), ids=GLOBS)
def test_models_are_exact_names_and_globs(pattern: str, model: str, *, fits: bool) -> None:
    assert rule_for(model, route("acme/small", models=[pattern])) == ("rule" if fits else None)


def test_one_of_several_models_is_enough() -> None:
    assert rule_for("b", route("acme/small", models=["a", "b"])) == "rule"


def test_all_headers_must_be_there() -> None:
    both = route("acme/small", headers={"x-team": "search", "x-env": "prod"})
    assert rule_for("auto", both, headers={"x-team": "search", "x-env": "prod", "x-more": "1"}) == "rule"
    assert rule_for("auto", both, headers={"x-team": "search"}) is None
    assert rule_for("auto", both, headers={"x-team": "search", "x-env": "test"}) is None
    assert rule_for("auto", both) is None


def test_a_match_that_names_nothing_holds_for_everything() -> None:
    assert rule_for("whatever", route("acme/small")) == "rule"


def test_a_rule_that_does_not_match_says_which_clause_failed() -> None:
    made = snapshot(
        route("acme/small", rule="by-model", models=["team-*", "gpt-5"]),
        route("acme/small", rule="by-header", headers={"x-team": "search"}),
        route("acme/small", rule="any"),
        route("acme/small", rule="never-asked"),
    )
    assert [(trace.rule, trace.failed) for trace in decided(made).rules] == [
        ("by-model", "models: the one asked for is none of team-*, gpt-5"),
        ("by-header", "headers: x-team is not 'search'"),
        ("any", ""),
    ]


def test_what_is_said_of_a_rule_is_shared_by_all_records() -> None:
    # A thousand records of a thousand rules each must not be a million texts.
    plan = make_plan(snapshot(route("acme/small", models=["nobody"])), "sha256:0", {})
    one, other = (decide(Features(model, 1), plan, Health(), 0) for model in ("a", "b"))
    assert one.rules[0] is other.rules[0]


def test_a_rule_without_targets_refuses_and_does_not_fall_through() -> None:
    made = snapshot(route(rule="empty", models=["small"]), route("acme/small", rule="later"))
    decision = decided(made, "small")
    assert (decision.basis, decision.rule) == (Basis.RULE, "empty")
    assert (decision.ranking, decision.left_out) == ((), ())


def test_a_rule_whose_targets_are_all_left_out_does_not_fall_through() -> None:
    made = snapshot(
        route("acme/tiny", rule="first"),
        route("acme/small", rule="later"),
        targets=[target("acme/tiny", context_window=1), target("acme/small")],
    )
    decision = decided(made, "small")
    assert (decision.rule, decision.ranking) == ("first", ())
    assert [left.target for left in decision.left_out] == ["acme/tiny"]


@pytest.mark.row("B30")
def test_without_a_policy_a_model_is_asked_for_by_its_name() -> None:
    decision = decided(snapshot(targets=["bell/small", "acme/small", "acme/large"]), "small")
    assert decision.basis is Basis.MODEL
    assert [each.name for each in decision.ranking] == ["acme/small", "bell/small"]


def test_a_name_that_nobody_declares_has_the_nearest_ones() -> None:
    made = snapshot(
        route("acme/gpt-5", models=["team-search", "x*"]), targets=["acme/gpt-5", "acme/gpt-5-mini", "acme/o3"]
    )
    assert decided(made, "gpt5-mini").nearest[0] == "gpt-5-mini"
    assert decided(made, "team-serch").nearest == ("team-search",)
    assert decided(made, "gpt-5").nearest == ()


def test_nearest_names_are_three_at_most_among_thousands() -> None:
    made = snapshot(targets=[f"acme/model-{number}" for number in range(3000)])
    nearest = decided(made, "modle-2999").nearest
    assert len(nearest) == 3
    assert nearest[0] == "model-2999"


def test_a_name_like_none_has_no_nearest() -> None:
    assert decided(snapshot(targets=["acme/gpt-5"]), "~~~").nearest == ()


def test_names_to_ask_for_are_models_and_exact_matches_without_globs() -> None:
    made = snapshot(route("acme/small", models=["auto", "team-*", "gpt-?"]), targets=["acme/small", "bell/small"])
    assert make_plan(made, "sha256:0", {}).names == ("auto", "balanced", "eco", "premium", "small")


def test_names_inside_all_and_any_may_be_asked_for_and_those_inside_not_may_not() -> None:
    def naming(name: str) -> Match:
        return Match(models=(name,))

    inside = Match(conditions=(AnyOf(matches=(naming("one"), naming("x*"))), NoneOf(matches=(naming("never"),))))
    whole = Match(conditions=(AllOf(matches=(inside, naming("two"))),))
    made = snapshot(Route(**dict(route("acme/small")) | {"match": whole}))
    assert make_plan(made, "sha256:0", {}).names == ("auto", "balanced", "eco", "one", "premium", "small", "two")


WORKLOADS: dict[str, tuple[dict[str, str], dict[str, str], bool]] = {
    "no selector is for every pod": ({}, {}, True),
    "its labels": ({"app": "chat"}, {"app": "chat", "tier": "web"}, True),
    "another value": ({"app": "chat"}, {"app": "search"}, False),
    "not all of them": ({"app": "chat", "tier": "web"}, {"app": "chat"}, False),
    "a pod without labels": ({"app": "chat"}, {}, False),
}


@pytest.mark.parametrize(("workload", "labels", "own"), WORKLOADS.values(), ids=WORKLOADS)
def test_a_route_is_for_the_pods_that_its_policy_selects(
    workload: dict[str, str], labels: dict[str, str], *, own: bool
) -> None:
    decision = decided(snapshot(route("acme/small", workload=workload)), labels=labels)
    assert decision.rule == ("rule" if own else None)


def test_a_route_of_other_pods_is_not_even_told_of() -> None:
    made = snapshot(route("acme/small", workload={"app": "search"}, models=["secret-name"]))
    assert decided(made).rules == ()
    assert "secret-name" not in make_plan(made, "sha256:0", {"app": "chat"}).names
