"""How much of cpu and memory a router gets: so much that it works, and so that the pod keeps its QoS class.

Guaranteed is a pod in which each container's requests are its limits, for cpu
and for memory; one container that is otherwise makes it Burstable. A BestEffort
pod cannot be kept: the router's requests make it Burstable, too.
"""

from typing import Any, Final

from optipath_operator.inject.injection import Injection
from optipath_operator.inject.names import PREFIX
from optipath_operator.inject.pod import Container, Malformed, Pod
from optipath_operator.inject.quantity import quantity
from optipath_operator.inject.wishes import Wishes

Pair = tuple[str | None, str | None]
"""A request and a limit."""

_AT_LEAST: Final = {"cpu": "250m", "memory": "320Mi"}
"""What a router can live with as a limit: half a second of a cpu, which it takes to start, is ten at 50m."""


def amounts(pod: Pod, injection: Injection, wishes: Wishes) -> tuple[dict[str, Any], list[str]]:
    """The router's `resources`, and warnings."""
    guaranteed, warnings = is_guaranteed(pod), []
    requests, limits = {}, {}
    for resource in _AT_LEAST:
        wished: Pair = (getattr(wishes.requests, resource), getattr(wishes.limits, resource))
        usual: Pair = (getattr(injection.requests, resource), getattr(injection.limits, resource))
        if wished == (None, None) and _bounded_as_a_whole(pod, resource):
            continue
        request, limit = _same(wished, usual, _AT_LEAST[resource]) if guaranteed else _fitting(wished, usual)
        if guaranteed and quantity(request) != quantity(limit):
            differ = f"{PREFIX}{resource} and {PREFIX}{resource}-limit differ"
            warnings.append(f"the pod is no longer Guaranteed: its annotations {differ}")
        if request:
            requests[resource] = request
        if limit:
            limits[resource] = limit
    return {side: found for side, found in (("requests", requests), ("limits", limits)) if found}, warnings


def _fitting(wished: Pair, usual: Pair) -> Pair:
    """What is wished for, and what is usual where it goes with that."""
    request, limit = wished[0] or usual[0], wished[1] or usual[1]
    if request and limit and quantity(request) > quantity(limit):
        request = limit = wished[0] or wished[1]
    return request, limit


def _same(wished: Pair, usual: Pair, at_least: str) -> Pair:
    """A request that is its limit, unless the pod wishes for two."""
    if all(wished):
        return wished
    both = wished[0] or wished[1] or usual[1] or max(usual[0] or at_least, at_least, key=quantity)
    return both, both


def is_guaranteed(pod: Pod) -> bool:
    """Whether Kubernetes would put the pod, as it is, into that class by what its containers have; raises Malformed."""
    if pod.resources("requests") or pod.resources("limits"):
        return False  # What the pod has as a whole decides, and no container's changes it.
    return bool(pod.every_container) and all(
        _size(container, "limits", resource) > 0
        and _size(container, "requests", resource) in (0, _size(container, "limits", resource))
        for container in pod.every_container
        for resource in _AT_LEAST
    )


def _size(container: Container, side: str, resource: str) -> Any:
    try:
        return quantity(container.resources(side).get(resource) or 0)
    except ValueError as error:
        raise Malformed(f"{container.path}/resources/{side}/{resource}: {error}") from error


def _bounded_as_a_whole(pod: Pod, resource: str) -> bool:
    """Whether the pod has a request or limit of its own, which the router's would have to fit into."""
    return resource in pod.resources("requests") or resource in pod.resources("limits")
