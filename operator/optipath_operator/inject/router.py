"""The container that a pod gets, and its volumes: what `deploy/examples/pod-with-router.yaml` has by hand."""

from collections.abc import Mapping
from typing import Any, Final

from optipath_operator.inject.injection import Injection
from optipath_operator.inject.names import (
    ADMIN_PORT,
    ADMIN_PORT_NAME,
    CONTAINER,
    CREDENTIALS,
    NO_TOKEN,
    PODINFO,
    SNAPSHOT,
    STATE,
)
from optipath_operator.inject.pod import Malformed, Pod
from optipath_operator.inject.wishes import Wishes
from optipath_operator.inject.workload import workload

_CONFIG_MAP: Final = "optipath-router"
_USUAL_GRACE_SECONDS: Final = 30
"""Kubernetes' own."""
_TOKEN_PATH: Final = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105  a place, and nothing in it


def container(pod: Pod, injection: Injection, wishes: Wishes, resources: Mapping[str, Any]) -> dict[str, Any]:
    """The router, as a native sidecar."""
    whole: dict[str, Any] = {"name": CONTAINER, "image": injection.image}
    if injection.pull_policy:
        whole["imagePullPolicy"] = injection.pull_policy
    whole |= {
        "command": ["optipath-router"],
        "restartPolicy": "Always",
        "env": _environment(pod, wishes),
        "ports": [{"name": ADMIN_PORT_NAME, "containerPort": ADMIN_PORT}],
        "startupProbe": {"httpGet": _asked("/startupz"), "periodSeconds": 1, "failureThreshold": 60},
        # Never a matter of policies or providers: the app's own Service must not lose its endpoints over them.
        "readinessProbe": {"httpGet": _asked("/readyz")},
        "livenessProbe": {"httpGet": _asked("/livez"), "timeoutSeconds": 5},
        "resources": resources,
        "securityContext": _security(injection),
        "volumeMounts": [
            {"name": SNAPSHOT, "mountPath": "/etc/optipath/snapshot", "readOnly": True},
            {"name": CREDENTIALS, "mountPath": "/etc/optipath/credentials", "readOnly": True},
            {"name": PODINFO, "mountPath": "/etc/optipath/podinfo", "readOnly": True},
            {"name": STATE, "mountPath": "/var/lib/optipath"},
        ],
    }
    if _may_get_a_token(pod):
        whole["volumeMounts"].append({"name": NO_TOKEN, "mountPath": _TOKEN_PATH, "readOnly": True})
    return whole


def volumes(pod: Pod, wishes: Wishes) -> list[dict[str, Any]]:
    """What the container mounts. ConfigMap and Secret may come later than the pod, and are brought to it then."""
    labels = {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}
    found: list[dict[str, Any]] = [
        {"name": SNAPSHOT, "configMap": {"name": _CONFIG_MAP, "optional": True}},
        {"name": CREDENTIALS, "secret": {"secretName": wishes.secret, "optional": True}},
        {"name": PODINFO, "downwardAPI": {"items": [labels]}},
        {"name": STATE, "emptyDir": {"sizeLimit": "64Mi"}},
    ]
    if _may_get_a_token(pod):
        found.append({"name": NO_TOKEN, "emptyDir": {}})
    return found


def _may_get_a_token(pod: Pod) -> bool:
    """Whether Kubernetes would mount an API token into the router, unless something lies in its place.

    After a webhook has changed a pod, the admission plug-in that mounts tokens runs once more, and
    then sees the router. It passes over a container that mounts anything there: an empty volume.
    """
    return pod.spec.get("automountServiceAccountToken") is not False


def _environment(pod: Pod, wishes: Wishes) -> list[dict[str, Any]]:
    grace = pod.spec.get("terminationGracePeriodSeconds")
    grace = _USUAL_GRACE_SECONDS if grace is None else grace
    if not isinstance(grace, int):
        raise Malformed("/spec/terminationGracePeriodSeconds is not a number")
    return [
        {"name": "OPTIPATH_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
        {"name": "OPTIPATH_WORKLOAD", "value": workload(pod)},
        {"name": "OPTIPATH_SERVICE_ACCOUNT", "valueFrom": {"fieldRef": {"fieldPath": "spec.serviceAccountName"}}},
        # Streams may end, in all but the last five of them.
        {"name": "OPTIPATH_GRACE_SECONDS", "value": str(grace)},
        {"name": "OPTIPATH_LOG_LEVEL", "value": wishes.log_level},
    ]


def _asked(path: str) -> dict[str, str]:
    return {"path": path, "port": ADMIN_PORT_NAME}


def _security(injection: Injection) -> dict[str, Any]:
    """All that Pod Security's `restricted` wants, on the container: the pod's own may say less."""
    found: dict[str, Any] = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
    }
    if injection.run_as_user is not None:
        found["runAsUser"] = injection.run_as_user
    if injection.run_as_group is not None:
        found["runAsGroup"] = injection.run_as_group
    return found | {"seccompProfile": {"type": "RuntimeDefault"}}
