"""AdmissionReview, version 1: from the API server's bytes to the resource that is being written, and to the answer."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from optipath_operator.inject.pod import Json, Malformed, mapping, text
from optipath_operator.resources import GROUP, VERSION
from optipath_operator.resources.reading import Manifest

_VERSION: Final = "admission.k8s.io/v1"
_KINDS: Final = ("ModelProvider", "RoutingPolicy")
_OPERATIONS: Final = ("CREATE", "UPDATE")
_MAX_MEMBERS: Final = 200_000
"""Far more than the largest policy has; a list in a list in a list takes thirty times its bytes to read."""
_MAX_UID: Final = 128


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
    if sum(map(body.count, (b"{", b"[", b","))) > _MAX_MEMBERS:
        raise Malformed(f"the body has more than {_MAX_MEMBERS} members")
    try:
        whole = mapping(json.loads(body), "the body")
    except RecursionError as error:
        raise Malformed("the body is nested too deeply") from error
    except ValueError as error:
        raise Malformed("the body is not JSON") from error
    if (whole.get("apiVersion"), whole.get("kind")) != (_VERSION, "AdmissionReview"):
        raise Malformed(f"the body is not an AdmissionReview of {_VERSION}")
    request = mapping(whole.get("request"), "request")
    uid = text(request.get("uid"), "request.uid")
    if not 0 < len(uid) <= _MAX_UID:
        raise Malformed(f"request.uid has not between 1 and {_MAX_UID} characters")
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
    response: dict[str, Any] = {"uid": review.uid, "allowed": True}
    if told := list(warnings):
        response["warnings"] = told
    whole = {"apiVersion": _VERSION, "kind": "AdmissionReview", "response": response}
    return json.dumps(whole, separators=(",", ":")).encode()


def _concerns_us(request: Json) -> bool:
    kind = mapping(request.get("kind"), "request.kind")
    ours = kind.get("group") == GROUP and kind.get("version") == VERSION and kind.get("kind") in _KINDS
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
