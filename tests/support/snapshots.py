"""Snapshots to test with: one that says everything that can be said, and arbitrary ones."""

import json
from decimal import Decimal
from hashlib import sha256
from typing import Any

from hypothesis import strategies as st

from optipath_snapshot import (
    AllOf,
    AnyOf,
    Boundary,
    Condition,
    Difficulty,
    Egress,
    EgressRule,
    Handling,
    Header,
    HeaderMatch,
    HedgeDelay,
    HedgeQuantile,
    Hints,
    InputTokens,
    Languages,
    LongContext,
    Match,
    Modalities,
    NoneOf,
    Ordered,
    PolicyRef,
    Pricing,
    Provider,
    Resilience,
    RoundRobin,
    Route,
    RouteTarget,
    Sensitivity,
    Snapshot,
    Target,
    TaskTypes,
    Timeliness,
    TimeWindow,
    TimeWindows,
    Weighted,
)

CONDITIONS: tuple[Condition, ...] = (
    InputTokens(min=10, max=100_000),
    Modalities(words=("Image", "Text")),
    TimeWindows(windows=(TimeWindow(days=("Mon", "Fri"), begins=1320, ends=360, time_zone="Europe/Berlin"),)),
    Languages(words=("de", "en")),
    TaskTypes(words=("Code",)),
    Difficulty(min=Decimal("0.5"), max=Decimal("0.75")),
    Timeliness(words=("Fresh",)),
    Sensitivity(words=("PII",)),
)
"""Each kind but those around others."""

FULL = Snapshot(
    namespace="team-a",
    providers=(
        Provider(
            name="acme",
            type="OpenAICompatible",
            url="https://llm.example.com/v1",
            headers=(Header(name="X-Project", value="p-1"),),
            ca_bundle="-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----\n",
            keys=("acme", "acme-2"),
            max_concurrent=32,
            handling=Handling(locality="Cluster", region="eu-west-1", retention_days=0),
        ),
        Provider(name="openai", type="OpenAI", url="https://api.openai.com/v1"),
    ),
    targets=(
        Target(
            name="acme/small",
            provider="acme",
            model="small",
            upstream_model="vendor/small-2026",
            pricing=Pricing(
                input_per_mtok=Decimal("0.25"),
                output_per_mtok=Decimal(2),
                cached_input_per_mtok=Decimal("0.025"),
                cache_write_per_mtok=Decimal("0.3"),
                audio_input_per_mtok=Decimal(32),
                audio_output_per_mtok=Decimal(64),
                per_image=Decimal("0.04"),
                per_request=Decimal("0.0000001"),
                long_context=LongContext(
                    above_input_tokens=200_000, input_per_mtok=Decimal("0.5"), output_per_mtok=Decimal(3)
                ),
            ),
            context_window=400_000,
            max_output_tokens=128_000,
            capabilities=("Chat", "Tools"),
            lacks=("Vision",),
            quality={"default": Decimal("0.7"), "Code": Decimal("0.85")},
        ),
        Target(name="openai/large", provider="openai", model="large", upstream_model="large"),
    ),
    routes=(
        Route(
            policy=PolicyRef(namespace="team-a", name="chat", generation=7),
            rule="search",
            workload={"app": "chat"},
            match=Match(models=("auto", "team-*"), headers=(HeaderMatch(name="x-team", value="search"),)),
            strategy=Weighted(),
            targets=(RouteTarget(target="acme/small", weight=9), RouteTarget(target="openai/large")),
            resilience=Resilience(
                attempts=2,
                request_timeout_seconds=90.0,
                connect_timeout_seconds=0.75,
                first_token_timeout_seconds=20.0,
                idle_timeout_seconds=1.5,
                backoff_base_seconds=0.1,
                backoff_max_seconds=4.0,
                hedge=HedgeQuantile(quantile=0.95),
            ),
        ),
        Route(
            policy=PolicyRef(namespace="team-a", name="chat", generation=7),
            rule="in-turn",
            match=Match(
                models=("cheap",),
                conditions=(
                    *CONDITIONS,
                    AllOf(matches=(Match(models=("a",)), Match(conditions=(AnyOf(matches=(Match(models=("b",)),)),)))),
                    NoneOf(matches=(Match(headers=(HeaderMatch(name="x-team", value="mail"),)),)),
                ),
            ),
            strategy=RoundRobin(),
            targets=(RouteTarget(target="openai/large"),),
            resilience=Resilience(hedge=HedgeDelay(seconds=0.8)),
        ),
        Route(
            policy=PolicyRef(namespace="team-a", name="rest", generation=1),
            rule="refused",
            strategy=Ordered(),
            targets=(),
        ),
    ),
    boundaries=(
        Boundary(
            policy=PolicyRef(namespace="team-a", name="chat", generation=7),
            name="personal-data",
            workload={"app": "chat"},
            sensitivity=("PII", "Secret"),
            locality="Cluster",
            regions=("eu",),
            retention_days=30,
        ),
    ),
    hints=(
        Hints(policy=PolicyRef(namespace="team-a", name="chat", generation=7), workload={"app": "chat"}, allowed=True),
    ),
    egress=Egress(
        allow=(
            EgressRule(host="*.models.svc", ports=(8000, 8001), plaintext=True),
            EgressRule(network="10.1.0.0/16"),
        )
    ),
    status_token_sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
)
"""A snapshot in which every field of format 1 has a value."""


def sealed(snapshot: Any, **envelope: Any) -> bytes:
    """A file around any content, with the digest that it has."""
    content = json.dumps(snapshot, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    named = "sha256:" + sha256(content).hexdigest()
    return json.dumps({"digest": named, "format": 1, "generation": 1, "snapshot": snapshot, **envelope}).encode()


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.text("abcdefghij-", min_size=1, max_size=8)
DOLLARS = st.decimals(0, 1000, places=9, allow_nan=False, allow_infinity=False)
COUNTS = st.integers(1, 10**7)
LONG_CONTEXTS = st.builds(LongContext, above_input_tokens=COUNTS, input_per_mtok=DOLLARS, output_per_mtok=DOLLARS)
SECONDS = st.floats(0.001, 86_400)
HEDGES = st.builds(HedgeDelay, seconds=SECONDS) | st.builds(HedgeQuantile, quantile=st.floats(0.01, 0.99))
RESILIENCE = st.builds(
    Resilience,
    request_timeout_seconds=SECONDS,
    idle_timeout_seconds=SECONDS,
    backoff_max_seconds=SECONDS,
    hedge=st.none() | HEDGES,
)
LEAVES = st.builds(
    Match,
    models=st.lists(TEXT, max_size=2).map(tuple),
    conditions=st.lists(st.sampled_from(CONDITIONS), max_size=2).map(tuple),
)
MATCHES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda around, matches: Match(conditions=(around(matches=tuple(matches)),)),
        st.sampled_from((AllOf, AnyOf, NoneOf)),
        st.lists(inner, min_size=1, max_size=2),
    ),
    max_leaves=4,
)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """An arbitrary snapshot that holds together."""
    providers = draw(st.lists(NAMES, unique=True, max_size=3))
    models = [(provider, model) for provider in providers for model in draw(st.lists(NAMES, unique=True, max_size=3))]
    names = [f"{provider}/{model}" for provider, model in models]
    used = st.lists(st.sampled_from(names), max_size=3) if names else st.just([])
    return Snapshot(
        namespace=draw(NAMES),
        providers=tuple(
            Provider(
                name=name,
                type="OpenAI",
                url="https://api.openai.com/v1",
                headers=tuple(Header(name="x-any", value=value) for value in draw(st.lists(TEXT, max_size=2))),
                ca_bundle=draw(st.none() | TEXT.filter(bool)),
                keys=tuple(draw(st.lists(NAMES, max_size=2))),
                max_concurrent=draw(st.none() | COUNTS),
            )
            for name in providers
        ),
        targets=tuple(
            Target(
                name=f"{provider}/{model}",
                provider=provider,
                model=model,
                upstream_model=draw(TEXT),
                pricing=draw(
                    st.none()
                    | st.builds(
                        Pricing,
                        input_per_mtok=st.none() | DOLLARS,
                        output_per_mtok=DOLLARS,
                        long_context=st.none() | LONG_CONTEXTS,
                    )
                ),
                context_window=draw(st.none() | COUNTS),
                quality=draw(st.dictionaries(TEXT, st.decimals(0, 1, places=6), max_size=2)),
            )
            for provider, model in models
        ),
        routes=tuple(
            Route(
                policy=PolicyRef(namespace="team-a", name=draw(NAMES), generation=draw(COUNTS)),
                rule=f"rule-{index}",
                workload=draw(st.dictionaries(TEXT, TEXT, max_size=2)),
                match=draw(MATCHES),
                strategy=draw(st.sampled_from([Ordered(), Weighted(), RoundRobin()])),
                targets=tuple(RouteTarget(target=target, weight=draw(COUNTS)) for target in draw(used)),
                resilience=draw(RESILIENCE),
            )
            for index in range(draw(st.integers(0, 3)))
        ),
    )
