"""Which manifests there are, of which resource each is, and what is to be said of those that are not for us."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from optipath_operator.resources import GROUP, VERSION, Problem, ResourceRef, Severity
from optipath_operator.resources.reading import Manifest

PROVIDER = "ModelProvider"
POLICY = "RoutingPolicy"
CONFIG_MAP = "ConfigMap"
NAMESPACE = "Namespace"

_API_VERSIONS = {PROVIDER: f"{GROUP}/{VERSION}", POLICY: f"{GROUP}/{VERSION}", CONFIG_MAP: "v1", NAMESPACE: "v1"}
_PLAIN = (CONFIG_MAP, NAMESPACE)
_FIELDS = frozenset({"apiVersion", "kind", "metadata", "spec", "status"})

# The name of a target is unique only as long as no provider's name has a slash in it.
_NAME_FITS = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\Z").match


def is_name(value: object) -> TypeGuard[str]:
    """Whether a value can be the name of an object in Kubernetes."""
    return isinstance(value, str) and _NAME_FITS(value) is not None


@dataclass(frozen=True, slots=True)
class Sorted:
    """Manifests by the resource that they are of, and what is to be said of the others."""

    found: Mapping[ResourceRef, tuple[Manifest, ...]]
    """More than one where a name is there more than once. A Namespace is in itself."""
    problems: tuple[Problem, ...]
    """Of the namespace that is compiled."""
    elsewhere: Mapping[ResourceRef, Problem]
    """What is to be said of each resource of another namespace, should it turn out to play no part."""

    def of(self, kind: str, namespace: str) -> dict[ResourceRef, tuple[Manifest, ...]]:
        """Those of one kind in one namespace, in the order of their names."""
        return {ref: self.found[ref] for ref in sorted(self.found) if (ref.kind, ref.namespace) == (kind, namespace)}


def sort_out(manifests: Iterable[Manifest], namespace: str, *, strict: bool) -> Sorted:
    """Manifests, each cut down to what identifies it and what it says.

    Those that are not for us at all are passed over, which is said only where
    a file may be meant otherwise. One that names no namespace is of this one.
    """
    found: dict[ResourceRef, tuple[Manifest, ...]] = defaultdict(tuple)
    problems: list[Problem] = []
    elsewhere: dict[ResourceRef, Problem] = {}
    for manifest in manifests:
        metadata = manifest.get("metadata")
        metadata = metadata if isinstance(metadata, Mapping) else {}
        ref = _reference(manifest, metadata, namespace)
        if ref.namespace != namespace:
            if _is_for_us(manifest, strict=strict):
                if is_name(ref.namespace) and is_name(ref.name):
                    found[ref] += (_cut(ref, manifest, metadata),)
                if strict and ref.kind != NAMESPACE:
                    elsewhere[ref] = _elsewhere(ref, metadata.get("namespace"), namespace)
        elif not _is_for_us(manifest, strict=strict):
            if strict:
                problems.append(_passed_over(ref, manifest))
        elif not is_name(ref.name):
            problems.append(_misnamed(ref, metadata.get("name")))
        else:
            found[ref] += (_cut(ref, manifest, metadata),)
            if strict and ref.kind not in _PLAIN:
                problems += [_unknown(ref, field) for field in sorted(manifest.keys() - _FIELDS)]
    return Sorted(found, tuple(problems), elsewhere)


def labels_of(written: Sequence[Manifest]) -> dict[str, str]:
    """The labels of a Namespace; none where it is not there, or there more than once."""
    given = written[0]["metadata"]["labels"] if len(written) == 1 else {}
    given = given if isinstance(given, Mapping) else {}
    return {key: value for key, value in given.items() if isinstance(key, str) and isinstance(value, str)}


def _reference(manifest: Manifest, metadata: Mapping[str, Any], namespace: str) -> ResourceRef:
    kind, name = _word(manifest, "kind"), _word(metadata, "name")
    if kind == NAMESPACE:
        return ResourceRef(kind, name, name)
    theirs = metadata.get("namespace") or namespace
    return ResourceRef(kind, theirs if theirs == namespace else _word(metadata, "namespace"), name)


def ambiguous(ref: ResourceRef, count: int) -> Problem:
    """What is wrong with a name that is there more than once."""
    message = f"'{ref.name}' is there {count} times, and which one is meant cannot be told"
    return Problem(ref, "metadata.name", Severity.INVALID, message)


def _word(mapping: Mapping[str, Any], key: str) -> str:
    value = mapping.get(key)
    return value if isinstance(value, str) and value else f"(no {key})"


def _is_for_us(manifest: Manifest, *, strict: bool) -> bool:
    version = _API_VERSIONS.get(_word(manifest, "kind"))
    given = manifest.get("apiVersion")
    # The items of a list from the API server do not repeat its version; in a file it must not be left out.
    return version is not None and (given == version or (given is None and not strict))


def _elsewhere(ref: ResourceRef, theirs: object, ours: str) -> Problem:
    message = f"is passed over: it is in namespace {_shown(theirs)}, and '{ours}' is compiled"
    return Problem(ref, "metadata.namespace", Severity.WARNING, message)


def _passed_over(ref: ResourceRef, manifest: Manifest) -> Problem:
    wanted = _API_VERSIONS.get(ref.kind)
    if wanted is None:
        kinds = ", ".join(_API_VERSIONS)
        return Problem(ref, "kind", Severity.WARNING, f"is passed over: this release reads {kinds}")
    given = _shown(manifest.get("apiVersion"))
    return Problem(ref, "apiVersion", Severity.WARNING, f"is passed over: this release reads '{wanted}', not {given}")


def _misnamed(ref: ResourceRef, given: object) -> Problem:
    message = f"must be the name of an object in Kubernetes, not {_shown(given)}"
    return Problem(ref, "metadata.name", Severity.INVALID, message)


def _cut(ref: ResourceRef, manifest: Manifest, metadata: Mapping[str, Any]) -> Manifest:
    if ref.kind == NAMESPACE:
        return {"kind": ref.kind, "metadata": {"name": ref.name, "labels": metadata.get("labels")}}
    generation = metadata.get("generation")
    counted = isinstance(generation, int) and not isinstance(generation, bool) and generation > 0
    body = "data" if ref.kind == CONFIG_MAP else "spec"
    return {
        "kind": ref.kind,
        "metadata": {
            "name": ref.name,
            "namespace": ref.namespace,
            # Files have none, and the API server counts from 1.
            "generation": generation if counted else 1,
        },
        body: manifest.get(body),
    }


def _unknown(ref: ResourceRef, field: str) -> Problem:
    return Problem(ref, field, Severity.WARNING, "is passed over: it is not a field that this release knows")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
