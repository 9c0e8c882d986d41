"""Manifests of several namespaces, filled in where a test does not care, and what comes of them."""

from typing import Any

from optipath_operator.compile import Compiled, Gathered, compile_namespace
from optipath_snapshot import Snapshot
from support.catalogue import PAPER_CATALOGUE

HOME = "optipath-system"
Manifest = dict[str, Any]


def resource(kind: str, namespace: str, name: str, spec: Any, generation: int = 1) -> Manifest:
    """A resource of ours."""
    return {
        "apiVersion": "optipath.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace, "generation": generation},
        "spec": spec,
    }


def provider(namespace: str, name: str, *models: str, **spec: Any) -> Manifest:
    """A provider of a well-known type."""
    return resource(
        "ModelProvider", namespace, name, {"type": "OpenAI", "models": [{"name": model} for model in models], **spec}
    )


def policy(namespace: str, name: str, *targets: str, **spec: Any) -> Manifest:
    """A policy over targets `provider/model`, or `provider@namespace/model`."""
    return resource("RoutingPolicy", namespace, name, {"rules": [rule(*targets)] if targets else [], **spec})


def rule(*targets: str) -> Manifest:
    """A rule for every request."""
    return {"name": "all", "strategy": {"ordered": {}}, "targets": [target(each) for each in targets]}


def target(text: str) -> Manifest:
    """A target by `provider/model`, or `provider@namespace/model`."""
    named, _, model = text.partition("/")
    of, _, namespace = named.partition("@")
    return {"provider": of, "model": model} | ({"namespace": namespace} if namespace else {})


def namespace(name: str, **labels: str) -> Manifest:
    """A Namespace with labels."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def in_tier(name: str, tier: str | None) -> Manifest:
    """A Namespace of a tier, or of none."""
    return namespace(name, **({"optipath.io/sla-tier": tier} if tier else {}))


def compiled(of: str, *manifests: Manifest, last_good: tuple[Any, ...] = (), strict: bool = False) -> Compiled:
    """What comes of manifests for one namespace."""
    return compile_namespace(Gathered(of, manifests, PAPER_CATALOGUE, last_good=last_good, strict=strict))


def left_to(snapshot: Snapshot) -> list[list[str]]:
    """The targets of each route that nobody denies."""
    denied = {each.name for each in snapshot.targets if each.denied_by}
    return [[used.target for used in route.targets if used.target not in denied] for route in snapshot.routes]
