"""AdmissionReview, version 1: from the API server's bytes to its answer's."""

import base64
import json
from dataclasses import dataclass
from typing import Any, Final, assert_never

from optipath_operator.inject import patch
from optipath_operator.inject.injection import Injection
from optipath_operator.inject.pod import Json, Malformed, mapping, pod, text
from optipath_operator.inject.sidecar import Already, Injected, PassedOver, Refused, Verdict, inject

_VERSION: Final = "admission.k8s.io/v1"
_KIND: Final = {"group": "", "version": "v1", "kind": "Pod"}
_MAX_MEMBERS: Final = 200_000
"""Far more than a pod that etcd would take; a list in a list in a list takes thirty times its bytes to read."""
_MAX_UID: Final = 128


@dataclass(frozen=True, slots=True)
class Review:
    """A pod that somebody wants to create, and under which name the answer is awaited."""

    uid: str
    namespace: str
    object: Any


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
    _is_about_a_new_pod(request)
    return Review(uid, text(request.get("namespace", ""), "request.namespace"), request.get("object"))


def _is_about_a_new_pod(request: Json) -> None:
    if mapping(request.get("kind"), "request.kind") != _KIND or request.get("subResource"):
        raise Malformed("this webhook is for pods alone: the webhook configuration sends it something else")
    if request.get("operation") != "CREATE":
        raise Malformed("this webhook is for CREATE alone: the webhook configuration sends it something else")


def judge(review: Review, injection: Injection, version: str) -> Verdict:
    """What becomes of the pod; raises Malformed."""
    return inject(pod(review.object), injection, version)


def answer(review: Review, verdict: Verdict) -> bytes:
    """The AdmissionReview that says so."""
    response: dict[str, Any] = {"uid": review.uid, "allowed": not isinstance(verdict, Refused)}
    match verdict:
        case Injected(operations, warnings):
            response |= _patched(operations)
            if warnings:
                response["warnings"] = list(warnings)
        case Already(operations):
            response |= _patched(operations)
        case Refused(message):
            response["status"] = {"code": 422, "reason": "Invalid", "message": message}
        case PassedOver():
            pass
        case _:
            assert_never(verdict)
    return json.dumps(
        {"apiVersion": _VERSION, "kind": "AdmissionReview", "response": response}, separators=(",", ":")
    ).encode()


def outcome(verdict: Verdict) -> str:
    """The word for it in metrics and logs."""
    match verdict:
        case Injected():
            return "injected"
        case Already():
            return "already"
        case Refused():
            return "refused"
        case PassedOver():
            return "opted_out"
        case _:
            assert_never(verdict)


def _patched(operations: Any) -> dict[str, str]:
    if not operations:
        return {}
    return {"patchType": "JSONPatch", "patch": base64.b64encode(patch.encode(operations)).decode()}
