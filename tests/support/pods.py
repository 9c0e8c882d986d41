"""What the API server wants of a pod, as far as a router could break it. The real one is asked in e2e."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from optipath_operator.inject.quantity import quantity

Json = Mapping[str, Any]
TOKEN = "kube-api-access-x7k2p"
TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"


def faults(pod: Json) -> list[str]:
    """What is wrong with a pod."""
    spec = pod["spec"]
    containers = [*(spec.get("initContainers") or ()), *spec["containers"]]
    volumes = [volume["name"] for volume in spec.get("volumes") or ()]
    return [
        *_twice("container", (each["name"] for each in containers)),
        *_twice("volume", volumes),
        *(fault for each in containers for fault in _of_container(each, volumes)),
        *_not_text(pod["metadata"]),
    ]


def _of_container(container: Json, volumes: list[str]) -> Iterable[str]:
    name, ports = container["name"], container.get("ports") or ()
    yield from _twice(f"variable of {name}", (each["name"] for each in container.get("env") or ()))
    yield from _twice(f"port name of {name}", (each["name"] for each in ports if "name" in each))
    mounts = container.get("volumeMounts") or ()
    yield from _twice(f"mount path of {name}", (each["mountPath"] for each in mounts))
    yield from (f"{name} mounts {each['name']}" for each in mounts if each["name"] not in volumes)
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        if asked := container.get(probe, {}).get("httpGet"):
            known = {each.get("name") for each in ports} | {each["containerPort"] for each in ports}
            if asked["port"] not in known:
                yield f"{probe} of {name} asks port {asked['port']}"
    amounts = container.get("resources") or {}
    for resource, limit in (amounts.get("limits") or {}).items():
        if quantity(amounts.get("requests", {}).get(resource, 0)) > quantity(limit):
            yield f"{name} requests more {resource} than its limit"


def _not_text(metadata: Json) -> Iterable[str]:
    for kind in ("labels", "annotations"):
        for key, value in (metadata.get(kind) or {}).items():
            if not isinstance(value, str):
                yield f"{kind}: {key} is {value!r}"


def _twice(what: str, names: Iterable[str]) -> list[str]:
    seen = list(names)
    return [f"{what} {name} is there twice" for name in sorted({name for name in seen if seen.count(name) > 1})]


def with_tokens(pod: Json) -> Any:
    """What the admission plug-in ServiceAccount makes of a pod whose account has a token, each time it runs.

    As `mountServiceAccountToken` of Kubernetes 1.36 does it: before the webhooks, and again after one changed a pod.
    """
    made = copy.deepcopy(dict(pod))
    spec = made["spec"]
    if spec.get("automountServiceAccountToken") is False:
        return made
    for container in [*(spec.get("initContainers") or ()), *spec["containers"]]:
        mounts = container.setdefault("volumeMounts", [])
        if TOKEN_PATH not in {mount["mountPath"] for mount in mounts}:
            mounts.append({"name": TOKEN, "mountPath": TOKEN_PATH, "readOnly": True})
    if TOKEN not in {volume["name"] for volume in spec.setdefault("volumes", [])}:
        spec["volumes"].append({"name": TOKEN, "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}})
    return made


def restricted(container: Json) -> bool:
    """Whether Pod Security's `restricted` takes a container without a look at the pod's own securityContext."""
    security = container["securityContext"]
    return (
        security["allowPrivilegeEscalation"] is False
        and security["capabilities"] == {"drop": ["ALL"]}
        and security["runAsNonRoot"] is True
        and security.get("runAsUser") != 0
        and security["seccompProfile"]["type"] in ("RuntimeDefault", "Localhost")
    )


def qos(pod: Json) -> str:
    """The QoS class that Kubernetes gives a pod, written again from `pkg/apis/core/helper/qos`."""
    spec = pod["spec"]
    containers = [*(spec.get("initContainers") or ()), *spec["containers"]]
    anything, guaranteed = False, True
    for container in containers:
        amounts = container.get("resources") or {}
        limits = {name: quantity(size) for name, size in (amounts.get("limits") or {}).items()}
        requests = limits | {name: quantity(size) for name, size in (amounts.get("requests") or {}).items()}
        anything = anything or bool(requests)
        guaranteed = guaranteed and {"cpu", "memory"} <= set(limits) and requests == limits
    if not anything:
        return "BestEffort"
    return "Guaranteed" if guaranteed else "Burstable"
