"""A review of a pod: from the API server's bytes to its answer's."""

import base64
from dataclasses import dataclass
from typing import Any, Final, assert_never

from optipath_operator.inject import patch
from optipath_operator.inject.admission import answered, asked
from optipath_operator.inject.injection import Injection
from optipath_operator.inject.pod import Json, Malformed, mapping, pod, text
from optipath_operator.inject.sidecar import Already, Injected, PassedOver, Refused, Verdict, inject

_KIND: Final = {"group": "", "version": "v1", "kind": "Pod"}


@dataclass(frozen=True, slots=True)
class Review:
    """A pod that somebody wants to create, and under which name the answer is awaited."""

    uid: str
    namespace: str
    object: Any


def read(body: bytes) -> Review:
    """The review in a body; raises Malformed."""
    uid, request = asked(body)
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
    response: dict[str, Any] = {"allowed": not isinstance(verdict, Refused)}
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
    return answered(review.uid, response)


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
