"""Tiers and sharing: what reaches a namespace from others."""

import pytest

from optipath_operator.resources import Severity
from support.tenants import HOME, Manifest, compiled, in_tier, left_to, namespace, policy, provider, rule

SHARED = provider(HOME, "models", "paper-small", "paper-large", sharing={"from": "All"})
TIERS = (
    SHARED,
    policy(HOME, "gold", "models/paper-large", scope={"mode": "Defaults", "tiers": ["gold"]}),
    policy(
        HOME,
        "silver",
        "models/paper-large",
        "models/paper-small",
        scope={"mode": "Defaults", "tiers": ["silver"]},
        resilience={"attempts": 2},
    ),
    policy(
        HOME,
        "untiered",
        "models/paper-small",
        scope={
            "mode": "Defaults",
            "namespaceSelector": {"matchExpressions": [{"key": "optipath.io/sla-tier", "operator": "DoesNotExist"}]},
        },
    ),
    policy(
        HOME,
        "bounds-of-silver",
        scope={"mode": "Overrides", "tiers": ["silver"], "clamp": {"maxConcurrent": 8, "hedge": "Never"}},
    ),
)


@pytest.mark.row("A28", "B33")
def test_a_tier_is_a_label_and_nothing_else_changes() -> None:
    gold, silver, none = (
        compiled("team-a", in_tier("team-a", tier), *TIERS).snapshot for tier in ("gold", "silver", None)
    )
    assert (gold.tier, silver.tier, none.tier) == ("gold", "silver", None)
    assert left_to(gold) == [["models@optipath-system/paper-large"]]
    assert left_to(silver) == [["models@optipath-system/paper-large", "models@optipath-system/paper-small"]]
    assert left_to(none) == [["models@optipath-system/paper-small"]]
    assert (gold.resilience.attempts, silver.resilience.attempts) == (3, 2)
    assert [limit.max_concurrent for limit in silver.concurrency] == [8]
    assert not gold.concurrency


@pytest.mark.row("A32")
def test_the_same_policy_means_other_models_in_dev_and_in_prod() -> None:
    by_env = [
        policy(
            HOME,
            env,
            f"models/{model}",
            scope={"mode": "Overrides", "namespaceSelector": {"matchLabels": {"env": env}}},
        )
        for env, model in (("dev", "paper-small"), ("prod", "paper-large"))
    ]
    seen = [
        left_to(compiled(name, namespace(name, env=env), SHARED, *by_env).snapshot)
        for name, env in (("shop-dev", "dev"), ("shop-prod", "prod"))
    ]
    assert seen == [[["models@optipath-system/paper-small"]], [["models@optipath-system/paper-large"]]]


@pytest.mark.row("A38")
def test_a_model_that_a_tier_may_not_use_says_who_keeps_it_from_it() -> None:
    clamp = policy(
        HOME,
        "small-only",
        scope={"mode": "Overrides", "tiers": ["bronze"], "clamp": {"targets": [{"model": "*small"}]}},
    )
    own = provider("team-a", "acme", "paper-small", "paper-large")
    snapshot = compiled("team-a", in_tier("team-a", "bronze"), clamp, own).snapshot
    assert {each.name: str(each.denied_by) for each in snapshot.targets} == {
        "acme/paper-large": "optipath-system/small-only@1",
        "acme/paper-small": "None",
    }


@pytest.mark.row("A27")
def test_an_error_in_one_tenant_changes_no_byte_of_another_s() -> None:
    gold = (
        in_tier("gold", "gold"),
        provider("gold", "acme", "paper-large"),
        policy("gold", "chat", "acme/paper-large"),
    )
    before = compiled("gold", *TIERS, *gold, provider("free", "acme", "paper-small"))
    broken = policy("free", "chat") | {"spec": {"rules": "nonsense"}}
    after = compiled("gold", *TIERS, *gold, provider("free", "acme", "paper-small"), broken)
    assert after == before


@pytest.mark.row("A27")
@pytest.mark.case("X03")
def test_a_tenant_cannot_tell_a_provider_that_is_not_shared_from_one_that_is_not_there() -> None:
    asks = policy("free", "chat", "acme@gold/paper-large")
    kept = compiled("free", asks, provider("gold", "acme", "paper-large", credentials={"keys": ["gold-key"]}))
    gone = compiled("free", asks)
    assert (kept.snapshot, kept.problems, kept.sources) == (gone.snapshot, gone.problems, gone.sources)
    assert [problem.message for problem in kept.problems][1] == (
        "target 'acme/paper-large' is not listed by any provider in 'gold'"
    )


@pytest.mark.case("X03")
def test_a_shared_provider_names_the_keys_and_the_caller_has_them() -> None:
    asks = policy("free", "chat", "acme@gold/paper-large")
    shared = provider("gold", "acme", "paper-large", credentials={"keys": ["gold-key"]}, sharing={"from": "All"})
    snapshot = compiled("free", asks, shared).snapshot
    assert [(each.name, each.keys) for each in snapshot.providers] == [("acme@gold", ("gold-key",))]


@pytest.mark.case("X03")
def test_what_is_un_shared_while_in_use_is_dropped_at_once() -> None:
    asks = policy("free", "chat", "acme@gold/paper-large")
    shared = provider("gold", "acme", "paper-large", sharing={"from": "All"})
    before = compiled("free", asks, shared)
    assert left_to(before.snapshot) == [["acme@gold/paper-large"]]
    own_again = provider("gold", "acme", "paper-large")
    for now in ((asks, own_again), (asks,), (asks | {"spec": {"rules": 7}},)):
        after = compiled("free", *now, last_good=(*before.sources, shared))
        assert left_to(after.snapshot) == [[]]
        assert not after.snapshot.providers


@pytest.mark.case("X11")
@pytest.mark.parametrize("scope", [{"mode": "Overrides"}, {"mode": "Defaults", "tiers": ["gold"]}])
def test_no_policy_of_a_tenant_moves_its_tier(scope: Manifest) -> None:
    clamp = policy(HOME, "slow", scope={"mode": "Overrides", "tiers": ["bronze"], "clamp": {"attempts": 1}})
    claims = policy("team-a", "gold", "models@optipath-system/paper-large", scope=scope, priority=10_000)
    told = compiled("team-a", in_tier("team-a", "bronze"), *TIERS, clamp, claims)
    assert (told.snapshot.tier, told.snapshot.resilience.attempts, told.snapshot.routes) == ("bronze", 1, ())
    invalid = [problem for problem in told.problems if problem.severity is Severity.INVALID]
    assert [problem.field for problem in invalid] == ["spec.scope"]
    assert "operator's namespace 'optipath-system'" in invalid[0].message


def test_breaking_one_s_own_policy_never_escapes_a_newer_override() -> None:
    own = (provider("team-a", "acme", "paper-small", "paper-large"), policy("team-a", "chat", "acme/paper-large"))
    good = compiled("team-a", in_tier("team-a", "bronze"), *own)
    clamp = policy(
        HOME, "small-only", scope={"mode": "Overrides", "clamp": {"attempts": 1, "targets": [{"model": "*small"}]}}
    )
    broken = own[1] | {"spec": {"rules": None}}
    after = compiled("team-a", in_tier("team-a", "bronze"), own[0], broken, clamp, last_good=good.sources)
    assert left_to(good.snapshot) == [["acme/paper-large"]]
    assert left_to(after.snapshot) == [[]]
    assert after.snapshot.routes[0].resilience.attempts == 1


def test_the_sources_of_a_namespace_are_its_own() -> None:
    own = (provider("team-a", "acme", "paper-small"), policy("team-a", "chat", "acme/paper-small"))
    told = compiled("team-a", in_tier("team-a", "gold"), *TIERS, *own)
    assert {source["metadata"]["namespace"] for source in told.sources} == {"team-a"}


@pytest.mark.case("O12")
def test_a_namespace_of_three_thousand_rules_changes_nothing_for_others() -> None:
    huge = [
        policy("huge", f"p{number}", rules=[rule("acme/paper-small") | {"name": f"r{each}"} for each in range(60)])
        for number in range(50)
    ]
    others = (in_tier("team-a", "gold"), *TIERS, policy("team-a", "chat", "models@optipath-system/paper-small"))
    assert compiled("team-a", *others, *huge) == compiled("team-a", *others)


def test_what_was_read_before_is_not_taken_for_what_is_written_otherwise() -> None:
    scope = {"mode": "Overrides", "clamp": {"attempts": 1}}
    for attempts, held in ((1, 1), (True, 3), ("1", 3), (1, 1)):
        said = policy(HOME, "slow", scope=scope | {"clamp": {"attempts": attempts}})
        assert compiled("team-a", said).snapshot.resilience.attempts == held
