"""What holds of tiers and sharing, whatever is written."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optipath_operator.resources import Severity
from optipath_snapshot import encode
from support.tenants import HOME, Manifest, compiled, in_tier, policy, provider

NAMESPACES = ("team-a", "team-b", "team-c", HOME)
NAMES = st.sampled_from(["one", "two"])
MODELS = st.sampled_from(["paper-small", "paper-large", "made-up"])
TIER = st.sampled_from(["gold", "bronze", None])
SELECTOR = st.sampled_from(
    [
        {"matchLabels": {"optipath.io/sla-tier": "gold"}},
        {"matchExpressions": [{"key": "optipath.io/sla-tier", "operator": "DoesNotExist"}]},
    ]
)
SHARING = st.sampled_from([{}, {"sharing": {"from": "All"}}]) | st.builds(
    lambda selector: {"sharing": {"from": "Selector", "namespaceSelector": selector}}, SELECTOR
)
TARGETS = st.lists(
    st.builds("{}/{}".format, NAMES, MODELS) | st.builds("{}@{}/{}".format, NAMES, st.sampled_from(NAMESPACES), MODELS),
    min_size=1,
    max_size=3,
    unique=True,
)
RESILIENCE = st.fixed_dictionaries(
    {},
    optional={
        "attempts": st.integers(0, 4),
        "requestTimeout": st.sampled_from(["1s", "90s", "20m"]),
        "firstTokenTimeout": st.sampled_from(["1s", "50s", "15m"]),
        "hedge": st.just({"after": "p95"}),
    },
)


def providers_of(space: str) -> st.SearchStrategy[Manifest]:
    return st.builds(
        lambda name, models, sharing, broken: provider(space, name, *models, **sharing, **broken),
        NAMES,
        st.lists(MODELS, unique=True, min_size=1),
        SHARING,
        st.sampled_from([{}, {}, {}, {"type": "Nobody"}]),
    )


def policies_of(space: str, scope: st.SearchStrategy[Manifest]) -> st.SearchStrategy[Manifest]:
    return st.builds(
        lambda name, targets, spec, more, priority: policy(space, name, *targets, **spec, **more, priority=priority),
        st.sampled_from(["chat", "code"]),
        TARGETS,
        scope,
        st.fixed_dictionaries(
            {}, optional={"resilience": RESILIENCE, "limits": st.just({"maxConcurrent": 5}), "hints": st.just("Allow")}
        ),
        st.integers(-1, 3),
    )


CLAMPS = st.fixed_dictionaries(
    {"attempts": st.integers(1, 3)},
    optional={
        "requestTimeout": st.just("30s"),
        "maxConcurrent": st.integers(1, 9),
        "hedge": st.just("Never"),
        "targets": st.lists(
            st.builds(lambda model: {"model": model}, st.sampled_from(["paper-*", "paper-small"]))
            | st.builds(lambda name: {"provider": name, "model": "*"}, NAMES),
            min_size=1,
            max_size=2,
        ),
    },
)
SCOPES = st.builds(
    lambda which, clamp: {
        "scope": {"mode": "Defaults" if clamp is None else "Overrides", **which, **({"clamp": clamp} if clamp else {})}
    },
    st.sampled_from([{}, {"tiers": ["gold"]}]) | st.builds(lambda selector: {"namespaceSelector": selector}, SELECTOR),
    st.none() | CLAMPS,
)


def contents_of(space: str) -> st.SearchStrategy[tuple[Manifest, ...]]:
    scope = SCOPES if space == HOME else st.sampled_from([{}, {}, {"scope": {"mode": "Defaults"}}])
    listed = st.lists(
        providers_of(space) | policies_of(space, scope),
        max_size=4,
        unique_by=lambda each: (each["kind"], each["metadata"]["name"]),
    )
    return st.builds(lambda tier, rest: (in_tier(space, tier), *rest), TIER, listed)


def named_in(manifests: tuple[Manifest, ...]) -> set[tuple[str, str]]:
    """Namespace and name of each provider that policies name."""
    return {
        (wanted.get("namespace", manifest["metadata"]["namespace"]), wanted["provider"])
        for manifest in manifests
        if manifest["kind"] == "RoutingPolicy"
        for each in manifest["spec"]["rules"]
        for wanted in each["targets"]
    }


@settings(max_examples=200)
@given(
    b=contents_of("team-b"),
    home=contents_of(HOME),
    before=contents_of("team-a"),
    after=contents_of("team-a"),
    strict=st.booleans(),
)
@pytest.mark.row("A27")
def test_no_change_of_one_tenant_alters_a_byte_of_another_who_names_nothing_of_it(
    b: tuple[Manifest, ...],
    home: tuple[Manifest, ...],
    before: tuple[Manifest, ...],
    after: tuple[Manifest, ...],
    strict: bool,  # noqa: FBT001 - drawn
) -> None:
    named = {name for space, name in named_in((*b, *home)) if space == "team-a"}
    kept = tuple(
        each for each in before if (each["kind"], each["metadata"]["name"]) in {("ModelProvider", n) for n in named}
    )
    changed = tuple(
        each for each in after if (each["kind"], each["metadata"]["name"]) not in {("ModelProvider", n) for n in named}
    )
    one = compiled("team-b", *b, *home, *before, strict=strict)
    other = compiled("team-b", *b, *home, *kept, *changed, strict=strict)
    assert encode(one.snapshot, 1) == encode(other.snapshot, 1)
    assert one.sources == other.sources


@given(b=contents_of("team-b"), home=contents_of(HOME), order=st.randoms(use_true_random=False))
def test_the_order_in_which_namespaces_are_told_does_not_matter(
    b: tuple[Manifest, ...], home: tuple[Manifest, ...], order: Any
) -> None:
    shuffled = [*b, *home]
    order.shuffle(shuffled)
    for of in ("team-b", HOME):
        assert compiled(of, *shuffled) == compiled(of, *b, *home)


@settings(max_examples=200)
@given(b=contents_of("team-b"), home=contents_of(HOME))
def test_no_policy_gets_round_a_clamp(b: tuple[Manifest, ...], home: tuple[Manifest, ...]) -> None:
    told = compiled("team-b", *b, *home)
    snapshot, tier = told.snapshot, told.snapshot.tier
    for clamp in (each for each in clamps_for(tier, home)):
        for held in (*(route.resilience for route in snapshot.routes), snapshot.resilience):
            assert held.attempts <= clamp["attempts"]
            assert held.request_timeout_seconds <= (30 if "requestTimeout" in clamp else 86_400)
            assert not (held.hedge and ("hedge" in clamp or held.attempts == 1))
        if "maxConcurrent" in clamp:
            assert all(limit.max_concurrent <= clamp["maxConcurrent"] for limit in snapshot.concurrency)
            assert any(limit.whole for limit in snapshot.concurrency)
        for used in snapshot.targets:
            if "targets" in clamp and used.upstream_model == "made-up" and "@" not in used.provider:
                assert used.denied_by


def clamps_for(tier: str | None, home: tuple[Manifest, ...]) -> list[Manifest]:
    """The clamps of valid policies that are for a tier."""
    found = []
    told = compiled(HOME, *home)
    invalid = {problem.resource.name for problem in told.problems if problem.severity is Severity.INVALID}
    for each in home:
        scope = each["spec"].get("scope", {}) if each["kind"] == "RoutingPolicy" else {}
        selected = json.dumps(scope.get("namespaceSelector", {}))
        applies = (
            scope.get("tiers", [tier]) == [tier]
            and ("gold" not in selected or tier == "gold")
            and ("DoesNotExist" not in selected or tier is None)
        )
        if each["metadata"]["name"] not in invalid and "clamp" in scope and applies:
            found.append(scope["clamp"])
    return found
