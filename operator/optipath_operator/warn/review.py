"""A review of a resource: from the API server's bytes to what is being written, and to the answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from optipath_operator.compile.manifests import POLICY, PROVIDER
from optipath_operator.inject.admission import answered, asked
from optipath_operator.inject.pod import Json, mapping, text
from optipath_operator.resources import GROUP, VERSION
from optipath_operator.resources.reading import Manifest

_OPERATIONS: Final = ("CREATE", "UPDATE")


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody wants to write, and under which name the answer is awaited."""

    uid: str
    manifest: Manifest | None
    """The resource as it would be; None where it is nothing to be warned of."""
    before: Manifest | None
    """The same as it is; None for a new one."""


def read(body: bytes) -> Review:
    """The review in a body; raises Malformed."""
    uid, request = asked(body)
    if not _concerns_us(request):
        return Review(uid, None, None)
    found = mapping(request.get("object"), "request.object")
    if mapping(found.get("metadata"), "request.object.metadata").get("deletionTimestamp"):
        return Review(uid, None, None)
    old = request.get("oldObject")
    before = None if old is None else _manifest(request, mapping(old, "request.oldObject"))
    return Review(uid, _manifest(request, found), before)


def answer(review: Review, warnings: Iterable[str]) -> bytes:
    """The AdmissionReview that allows it."""
    told = list(warnings)
    return answered(review.uid, {"allowed": True, **({"warnings": told} if told else {})})


def _concerns_us(request: Json) -> bool:
    kind = mapping(request.get("kind"), "request.kind")
    ours = kind.get("group") == GROUP and kind.get("version") == VERSION and kind.get("kind") in (PROVIDER, POLICY)
    return ours and request.get("operation") in _OPERATIONS and not request.get("subResource")


def _manifest(request: Json, found: Json) -> Manifest:
    """A resource, cut down as the store does it."""
    metadata = mapping(found.get("metadata"), "metadata")
    name = request.get("name") or metadata.get("name") or f"{metadata.get('generateName', '')}new"
    return {
        "kind": text(mapping(request.get("kind"), "request.kind").get("kind"), "request.kind.kind"),
        "metadata": {
            "name": text(name, "request.name"),
            "namespace": text(request.get("namespace"), "request.namespace"),
            "generation": metadata.get("generation", 1),
        },
        "spec": found.get("spec"),
    }
