"""Which ModelProviders beyond its own namespace a policy names: what must be gathered beside it.

Asked of manifests as they are written, before anybody has said that they are
valid: what cannot be understood names nobody.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from optipath_operator.compile.manifests import POLICY, PROVIDER, is_name
from optipath_operator.resources import ResourceRef
from optipath_operator.resources.reading import Manifest


def named_elsewhere(manifest: Manifest) -> frozenset[ResourceRef]:
    """The ModelProviders of other namespaces that the targets of a RoutingPolicy name.

    A policy with a scope speaks to other namespaces, so that its own
    namespace's providers are elsewhere to all of them.
    """
    metadata, spec = _object(manifest.get("metadata")), _object(manifest.get("spec"))
    own = metadata.get("namespace")
    if manifest.get("kind") != POLICY or not is_name(own):
        return frozenset()
    scoped = has_scope(manifest)
    return frozenset(
        ResourceRef(PROVIDER, namespace, provider)
        for namespace, provider in _named(spec, own)
        if scoped or namespace != own
    )


def has_scope(manifest: Manifest) -> bool:
    """Whether a manifest is of a policy that speaks to other namespaces."""
    return manifest.get("kind") == POLICY and _object(manifest.get("spec")).get("scope") is not None


def _named(spec: Mapping[str, Any], own: str) -> Iterator[tuple[str, str]]:
    """Namespace and name of each provider in the targets of rules."""
    for rule in _list(spec.get("rules")):
        for target in _list(_object(rule).get("targets")):
            wanted = _object(target)
            namespace = own if wanted.get("namespace") is None else wanted["namespace"]
            provider = wanted.get("provider")
            if is_name(namespace) and is_name(provider):
                yield namespace, provider


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
