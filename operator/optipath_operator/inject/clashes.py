"""What in a pod stands in a router's way: two that want the same port, name or volume, or a place it cannot be in."""

from collections.abc import Iterator
from typing import Final

from optipath_operator.inject.names import ADMIN_PORT, API_PORT, CONTAINER, VOLUMES
from optipath_operator.inject.pod import Pod, mapping

_USES: Final = {API_PORT: "serves the app", ADMIN_PORT: "has its probes and metrics"}
_MOST_CONTAINERS: Final = 500
"""What each is told makes three megabytes of them fifty, and all other pods wait meanwhile."""


def places_without_a_router(pod: Pod) -> Iterator[str]:
    """Why a pod of this kind can have no router at all."""
    if pod.spec.get("hostNetwork"):
        yield "spec.hostNetwork is true, and the router's ports would be open on the node"
    if (many := len(pod.every_container)) > _MOST_CONTAINERS:
        yield f"it has {many} containers, and is looked at with up to {_MOST_CONTAINERS}"
    system = mapping(pod.spec.get("os") or {}, "/spec/os").get("name")
    selected = mapping(pod.spec.get("nodeSelector") or {}, "/spec/nodeSelector").get("kubernetes.io/os")
    if "windows" in (system, selected):
        yield "it runs on Windows, for which there is no router"


def names_taken(pod: Pod) -> Iterator[str]:
    """What has a name of ours, without being ours."""
    for container in pod.every_container:
        if container.name == CONTAINER:
            yield f"{container.kind} {CONTAINER!r} has the name that the injected router has, and was not injected"
    for volume in pod.volumes:
        if volume in VOLUMES:
            yield f"volume {volume!r} has the name of one that container {CONTAINER!r} brings along"


def ports_taken(pod: Pod) -> Iterator[str]:
    """Who declares a port of ours: all containers of a pod share them, hostPort or not."""
    for container in pod.every_container:
        if container.name == CONTAINER:
            continue
        for port in sorted({port for port in container.ports() if port in _USES}):
            yield (
                f"{container.kind} {container.name!r} declares containerPort {port}, "
                f"on which container {CONTAINER!r} {_USES[port]}"
            )
