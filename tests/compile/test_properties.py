"""What holds of compiling whatever is written."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from optipath_operator.compile import Compiled, Gathered, compile_namespace
from optipath_snapshot import decode, encode
from support.catalogue import PAPER_CATALOGUE

NAMES = st.sampled_from(["a", "b", "c"])
MODELS = st.sampled_from(["paper-small", "paper-large", "paper-unpriced", "made-up"])


def compiled(manifests: Any, **more: Any) -> Compiled:
    return compile_namespace(Gathered("team-a", tuple(manifests), PAPER_CATALOGUE, **more))


def resource(kind: str, name: str, spec: Any) -> dict[str, Any]:
    return {"apiVersion": "optipath.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def provider_of(name: str, models: list[str]) -> dict[str, Any]:
    return resource("ModelProvider", name, {"type": "OpenAI", "models": [{"name": model} for model in models]})


def policy_of(name: str, priority: int, targets: list[tuple[str, str]]) -> dict[str, Any]:
    written = [{"provider": provider, "model": model} for provider, model in targets]
    rule = {"name": "all", "match": {"models": [name]}, "strategy": {"ordered": {}}, "targets": written}
    return resource("RoutingPolicy", name, {"priority": priority, "rules": [rule]})


PROVIDERS = st.builds(provider_of, NAMES, st.lists(MODELS, unique=True))
POLICIES = st.builds(policy_of, NAMES, st.integers(-1, 3), st.lists(st.tuples(NAMES, MODELS), min_size=1, max_size=4))
NAMESPACES = st.lists(PROVIDERS | POLICIES, max_size=8)

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        *("type", "endpoint", "url", "caBundleRef", "headers", "credentials", "keys", "models", "pricing", "quality"),
        *("inputPerMTok", "contextWindow", "priority", "workloadSelector", "matchLabels", "rules", "match", "strategy"),
        *("ordered", "targets", "provider", "namespace", "model", "weight", "resilience", "attempts", "requestTimeout"),
        *("name", "key", "OpenAI", "all", "paper-small"),
    ]
)
SPECS = st.recursive(
    JUNK | FIELDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=20,
)
MANIFESTS = st.fixed_dictionaries(
    {},
    optional={
        "apiVersion": st.just("optipath.io/v1alpha1") | JUNK,
        "kind": st.sampled_from(["ModelProvider", "RoutingPolicy", "ConfigMap"]) | JUNK,
        "metadata": st.fixed_dictionaries({"name": NAMES}, optional={"generation": JUNK, "namespace": JUNK}) | JUNK,
        "spec": SPECS,
        "data": JUNK,
    },
)


@given(manifests=NAMESPACES, order=st.randoms(use_true_random=False))
def test_the_order_of_manifests_does_not_matter(manifests: list[Any], order: Any) -> None:
    shuffled = list(manifests)
    order.shuffle(shuffled)
    assert compiled(shuffled) == compiled(manifests)


@given(manifests=NAMESPACES)
def test_the_last_good_forms_of_a_result_change_nothing_in_the_next(manifests: list[Any]) -> None:
    first = compiled(manifests)
    second = compiled(manifests, last_good=first.sources)
    assert second == first


@given(manifests=NAMESPACES)
def test_a_snapshot_survives_its_file(manifests: list[Any]) -> None:
    snapshot = compiled(manifests).snapshot
    assert decode(encode(snapshot, 1)).snapshot == snapshot


@given(manifests=NAMESPACES, spec=SPECS, kind=st.sampled_from(["ModelProvider", "RoutingPolicy"]))
def test_a_broken_resource_leaves_the_others_alone(manifests: list[Any], spec: Any, kind: str) -> None:
    broken = resource(kind, "broken", {"models": None, "rules": None, "broken": spec})
    without, with_it = compiled(manifests), compiled([*manifests, broken])
    assert with_it.snapshot == without.snapshot
    assert [problem for problem in with_it.problems if problem.resource.name != "broken"] == list(without.problems)
    assert any(problem.resource.name == "broken" for problem in with_it.problems)


@given(manifests=st.lists(MANIFESTS, max_size=4), last_good=st.lists(MANIFESTS, max_size=3), strict=st.booleans())
@settings(max_examples=300)
def test_no_manifest_is_too_strange(manifests: list[Any], last_good: list[Any], strict: bool) -> None:  # noqa: FBT001 - drawn
    compiled(manifests, last_good=tuple(last_good), strict=strict)


def test_the_same_manifests_make_the_same_bytes_in_every_process() -> None:
    manifests = [
        provider_of("a", ["paper-small", "paper-large"]),
        provider_of("b", ["paper-unpriced"]),
        policy_of("chat", 1, [("a", "paper-small"), ("b", "made-up")]),
    ]
    program = (
        "import json, sys; sys.path.insert(0, sys.argv[2]); from compile.test_properties import *; "
        "whole = compiled(json.loads(sys.argv[1])); "
        "print(encode(whole.snapshot, 1).decode(), *whole.problems)"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program, json.dumps(manifests), str(Path(__file__).parents[1])],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(said) == 1
