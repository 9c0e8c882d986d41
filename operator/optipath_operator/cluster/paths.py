"""Where our objects are found at the API server."""

from typing import Final

from optipath_operator.resources import GROUP, VERSION, ResourceRef

NAMESPACES: Final = "/api/v1/namespaces"
DISCOVERY: Final = f"/apis/{GROUP}/{VERSION}"
"""What the API server serves of our group; kopf watches what it finds there when it starts."""
_PLURALS: Final = {"ModelProvider": "modelproviders", "RoutingPolicy": "routingpolicies"}


def every(kind: str) -> str:
    """All resources of one of our kinds, or all Namespaces."""
    return NAMESPACES if kind == "Namespace" else f"/apis/{GROUP}/{VERSION}/{_PLURALS[kind]}"


def resource(kind: str, namespace: str, name: str) -> str:
    """One of our resources, or a Namespace."""
    if kind == "Namespace":
        return f"{NAMESPACES}/{name}"
    return f"/apis/{GROUP}/{VERSION}/namespaces/{namespace}/{_PLURALS[kind]}/{name}"


def status(ref: ResourceRef) -> str:
    """The status of one of our resources."""
    return f"{resource(ref.kind, ref.namespace, ref.name)}/status"


def config_map(namespace: str, name: str) -> str:
    """A ConfigMap."""
    return f"/api/v1/namespaces/{namespace}/configmaps/{name}"


def secret(namespace: str, name: str) -> str:
    """A Secret."""
    return f"/api/v1/namespaces/{namespace}/secrets/{name}"


def pod(namespace: str, name: str) -> str:
    """A pod."""
    return f"/api/v1/namespaces/{namespace}/pods/{name}"


def webhooks(kind: str, name: str) -> str:
    """A configuration of webhooks, `mutating` or `validating`."""
    return f"/apis/admissionregistration.k8s.io/v1/{kind}webhookconfigurations/{name}"


def leases(namespace: str) -> str:
    """The Leases of a namespace."""
    return f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases"


def events(namespace: str) -> str:
    """The Events of a namespace."""
    return f"/api/v1/namespaces/{namespace}/events"
