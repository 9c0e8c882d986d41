"""Whatever a pod is like: a second review changes nothing, and nothing of its author's is lost or changed."""

import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from optipath_operator.inject.injection import injection
from optipath_operator.inject.names import ROUTER_LABEL, STATUS
from optipath_operator.inject.pod import Malformed, pod
from optipath_operator.inject.sidecar import Injected, Refused, inject
from support.jsonpatch import applied
from support.pods import faults

INJECTION = injection(json.dumps({"image": "registry.example/optipath:0.1.0", "env": ["anthropic"]}))


def several(each: st.SearchStrategy[Any], least: int, most: int) -> st.SearchStrategy[Any]:
    """A list of things, no two of one name."""
    return st.lists(each, min_size=least, max_size=most, unique_by=lambda one: str(one["name"]))


names = st.sampled_from(["app", "web", "worker", "proxy", "a", "b", "optipath-router"])
words = st.dictionaries(
    st.sampled_from(["app", "optipath.io/router", "optipath.io/inject", "a/b~c"]), st.sampled_from(["x", "", "enabled"])
)
annotations = st.dictionaries(
    st.sampled_from(["optipath.io/env", "optipath.io/cpu", "optipath.io/memory-limit", "optipath.io/status", "x/y~z"]),
    st.sampled_from(
        ["openai", "", "1", "64Mi", "{}", "[]", "null", '{"containers":["optipath-router"],"volumes":[[]]}']
    ),
)
variables: st.SearchStrategy[Any] = st.builds(
    lambda name, value: {"name": name, **value},
    st.sampled_from(["OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "OPTIPATH_BASE_URL", "A"]),
    st.sampled_from([{"value": "v"}, {"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}, {}]),
)
amounts: st.SearchStrategy[Any] = st.none() | st.fixed_dictionaries(
    {},
    optional={
        side: st.dictionaries(st.sampled_from(["cpu", "memory"]), st.sampled_from(["1", "2", "64Mi", 1]))
        for side in ("requests", "limits")
    },
)
optional: dict[str, st.SearchStrategy[Any]] = {
    "env": st.none() | several(variables, 0, 3),
    "envFrom": st.lists(st.just({"configMapRef": {"name": "c"}}), max_size=1),
    "ports": st.none()
    | st.lists(st.sampled_from([{"containerPort": 80}, {"containerPort": 7080, "protocol": "UDP"}]), max_size=2),
    "resources": amounts,
    "restartPolicy": st.just("Always"),
    "volumeMounts": st.none() | st.just([{"name": "data", "mountPath": "/data"}]),
}
containers: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {"name": names, "image": st.just("registry.example/x:1")}, optional=optional
)


def metadata(owner: Any) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "name": st.just("chat"),
            "generateName": st.just("chat-"),
            "labels": st.none() | words,
            "annotations": st.none() | annotations,
            "ownerReferences": st.none() | st.just([owner]),
        },
    )


pods: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {
        "metadata": metadata({"kind": "Job", "name": "report-29389440", "controller": True}),
        "spec": st.fixed_dictionaries(
            {"containers": several(containers, 1, 3)},
            optional={
                "initContainers": st.none() | several(containers, 0, 2),
                "volumes": st.none() | st.just([{"name": "data", "emptyDir": {}}]),
                "terminationGracePeriodSeconds": st.none() | st.integers(0, 600),
                "automountServiceAccountToken": st.none() | st.booleans(),
                "resources": amounts,
                "hostNetwork": st.booleans(),
            },
        ),
    }
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["metadata", "spec", "containers", "initContainers", "labels", "env", "name", "resources", "volumes"]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(pods)
def test_a_second_review_changes_nothing(raw: Any) -> None:
    verdict = inject(pod(raw), INJECTION, "1")
    if isinstance(verdict, Injected):
        once = applied(raw, verdict.operations)
        again = inject(pod(once), INJECTION, "2")
        assert not isinstance(again, Refused | Injected)
        assert applied(once, getattr(again, "operations", ())) == once


@given(pods)
def test_nothing_of_the_author_s_is_lost_or_changed(raw: Any) -> None:
    verdict = inject(pod(raw), INJECTION, "1")
    if isinstance(verdict, Injected):
        result = applied(raw, verdict.operations)
        assert kept(raw, result) == []
        if not faults_of_names(raw):
            assert faults(result) == faults({"metadata": {}, **raw})


@given(st.dictionaries(st.sampled_from(["metadata", "spec"]), json_values) | json_values)
def test_what_is_no_pod_is_malformed_and_nothing_worse(raw: Any) -> None:
    with suppress(Malformed):
        inject(pod(raw), INJECTION, "1")


def test_what_is_told_is_short_however_long_the_pod_s_words_are() -> None:
    long = "x" * 100_000
    names = [{"name": f"{number}{long}", "envFrom": [{}]} for number in range(50)]
    spec = {"containers": names}
    wordy = {f"optipath.io/{number}{long}": long for number in range(50)}
    verdict = inject(
        pod({"metadata": {"annotations": {**wordy, "optipath.io/env": "openai"}}, "spec": spec}), INJECTION, "1"
    )
    assert isinstance(verdict, Injected)
    assert len(verdict.warnings) < 10
    assert max(map(len, verdict.warnings)) <= 256

    clashes = [{**each, "ports": [{"containerPort": 7080}]} for each in names]
    asked = {"optipath.io/cpu": long, "optipath.io/credentials": long, "optipath.io/env": long}
    verdict = inject(pod({"metadata": {"annotations": asked}, "spec": {"containers": clashes}}), INJECTION, "1")
    assert isinstance(verdict, Refused)
    assert len(verdict.message) < 3000


def faults_of_names(raw: Any) -> bool:
    """Whether one name stands among both kinds of containers, which no API server takes."""
    spec = raw["spec"]
    every = [each["name"] for each in [*(spec.get("initContainers") or ()), *spec["containers"]]]
    return len(set(every)) < len(every) or any(each.get("restartPolicy") for each in spec["containers"])


def kept(before: Any, after: Any, path: str = "") -> list[str]:
    """Where something that was there is not, or is otherwise; lists may have grown, in the order in which they were."""
    if path in (f"/metadata/labels/{ROUTER_LABEL}", f"/metadata/annotations/{STATUS}"):
        return []
    if before is None:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        gone = [f"{path}/{key}" for key in before if key not in after]
        return gone + [at for key in before if key in after for at in kept(before[key], after[key], f"{path}/{key}")]
    if isinstance(before, list) and isinstance(after, list):
        rest = iter(after)
        return [f"{path}/{place}" for place, each in enumerate(before) if not any(not kept(each, one) for one in rest)]
    return [] if before == after else [path]
