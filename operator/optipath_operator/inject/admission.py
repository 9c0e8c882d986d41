"""AdmissionReview, version 1, from the outside: what every review has, whatever it is of."""

import json
from collections.abc import Mapping
from typing import Any, Final

from optipath_operator.inject.pod import Json, Malformed, mapping, text

_VERSION: Final = "admission.k8s.io/v1"
_MAX_MEMBERS: Final = 200_000
"""Far more than an object that etcd would take; a list in a list in a list takes thirty times its bytes to read."""
_MAX_UID: Final = 128


def asked(body: bytes) -> tuple[str, Json]:
    """The name under which the answer is awaited, and the request; raises Malformed."""
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
    return uid, request


def answered(uid: str, response: Mapping[str, Any]) -> bytes:
    """The AdmissionReview that answers it."""
    whole = {"apiVersion": _VERSION, "kind": "AdmissionReview", "response": {"uid": uid, **response}}
    return json.dumps(whole, separators=(",", ":")).encode()
