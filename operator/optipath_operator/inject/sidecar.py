"""A pod becomes a pod with a router. The story of it, as a pure function: the first file to read.

                 ┌─ opted out, or not ours ──▶ PassedOver
pod ─ look at it ┼─ has its router ──────────▶ Already     with the router put first, should it have lost its place
                 ├─ something in the way ────▶ Refused     with all that is in the way
                 └─ otherwise ───────────────▶ Injected
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from optipath_operator.inject import patch
from optipath_operator.inject.amounts import amounts
from optipath_operator.inject.clashes import names_taken, places_without_a_router, ports_taken
from optipath_operator.inject.injection import Injection
from optipath_operator.inject.names import CONTAINER, INJECT_LABEL, ROUTER_LABEL, STATUS, VOLUMES
from optipath_operator.inject.pod import Pod
from optipath_operator.inject.router import container, volumes
from optipath_operator.inject.variables import variables
from optipath_operator.inject.wishes import unknown, wishes

_MIRROR: Final = "kubernetes.io/config.mirror"
"""What a kubelet runs from a file of its own; the API server only shows it."""

_LONGEST: Final = 240
"""Of one reason or warning; the API server cuts warnings after 256 characters."""
_MOST_TOLD: Final = 8


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A pod that gets no router, and is as it should be."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A pod that must not start as it is."""

    message: str


@dataclass(frozen=True, slots=True)
class Already:
    """A pod that has its router."""

    operations: Sequence[patch.Operation]


@dataclass(frozen=True, slots=True)
class Injected:
    """A pod that gets its router."""

    operations: Sequence[patch.Operation]
    warnings: Sequence[str]


Verdict = PassedOver | Refused | Already | Injected


def inject(pod: Pod, injection: Injection, version: str) -> Verdict:
    """What becomes of a pod; raises Malformed."""
    if pod.labels.get(INJECT_LABEL) == "disabled" or _MIRROR in pod.annotations:
        return PassedOver()
    in_the_way = [*places_without_a_router(pod), *ports_taken(pod)]
    if (place := _own_router(pod)) is not None:
        return _refused(in_the_way) if in_the_way else Already(_put_right(pod, place))
    wished, problems = wishes(pod, injection)
    if in_the_way := [*in_the_way, *names_taken(pod), *problems]:
        return _refused(in_the_way)
    resources, warnings = amounts(pod, injection, wished)
    router, brought = container(pod, injection, wished, resources), volumes(pod, wished)
    told = [(each, *variables(each, wished)) for each in pod.every_container]
    status = {
        "version": version,
        "containers": [CONTAINER],
        "volumes": [volume["name"] for volume in brought],
        "env": {each.name: [variable["name"] for variable in given] for each, given, _ in told if given},
    }
    operations = [
        # First, so that the container's own may be made of them: $(OPTIPATH_BASE_URL)/models.
        *(step for each, given, _ in told for step in patch.before(f"{each.path}/env", each.env() is not None, given)),
        *patch.before("/spec/initContainers", pod.spec.get("initContainers") is not None, [router]),
        *patch.behind("/spec/volumes", pod.spec.get("volumes") is not None, brought),
        _labelled(pod),
        patch.member("/metadata/annotations", pod.metadata.get("annotations"), STATUS, _written(status)),
    ]
    doubts = [doubt for _, _, doubts in told for doubt in doubts]
    return Injected(operations, _within_bounds([*unknown(pod), *warnings, *doubts]))


def _own_router(pod: Pod) -> int | None:
    """Where the router stands that was injected before; None where there is none.

    The annotation alone says nothing: it is copied with a pod's template, and anybody can write
    one. What it tells of must be there.
    """
    said = _read(pod.annotations.get(STATUS, ""))
    for place, each in enumerate(pod.init_containers):
        if each.name == CONTAINER and each.raw.get("restartPolicy") == "Always":
            ours = [name for name in pod.volumes if name in VOLUMES & each.mounted()]
            tells_of = (said.get("containers"), said.get("volumes"))
            return place if ours and tells_of == ([CONTAINER], ours) else None
    return None


def _put_right(pod: Pod, place: int) -> list[patch.Operation]:
    """What others have changed since: init containers before the router could call no model."""
    operations = [patch.moved(f"/spec/initContainers/{place}", "/spec/initContainers/0")] if place else []
    return operations if pod.labels.get(ROUTER_LABEL) == "enabled" else [*operations, _labelled(pod)]


def _labelled(pod: Pod) -> patch.Operation:
    return patch.member("/metadata/labels", pod.metadata.get("labels"), ROUTER_LABEL, "enabled")


def _refused(reasons: Sequence[str]) -> Refused:
    return Refused(
        f"the pod cannot get its OptiPath router: {'; '.join(_within_bounds(reasons))}. "
        f"Change that, or label the pod {INJECT_LABEL}=disabled to go without a router"
    )


def _within_bounds(said: Sequence[str]) -> list[str]:
    """What is told, whatever lengths and numbers the pod has; nobody has looked at them before us."""
    different = list(dict.fromkeys(said))
    told = [each if len(each) <= _LONGEST else f"{each[:_LONGEST]}…" for each in different[:_MOST_TOLD]]
    return [*told, f"and {len(different) - _MOST_TOLD} more"] if len(different) > _MOST_TOLD else told


def _read(status: str) -> Mapping[str, Any]:
    try:
        said = json.loads(status)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _written(status: Mapping[str, Any]) -> str:
    return json.dumps(status, separators=(",", ":"))
