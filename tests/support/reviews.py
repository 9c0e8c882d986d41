"""What the API server asks the webhook that warns, and what it is told."""

import json
from typing import Any

from optipath_operator.cluster.client import Json


def review(found: Json, *, old: Json | None = None, of: str = "team-a", **request: Any) -> bytes:
    """The review of a resource that is created, or updated from an old form."""
    named = found | {"metadata": {"namespace": of, **found["metadata"]}}
    return whole(
        {
            "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
            "kind": {"group": "optipath.io", "version": "v1alpha1", "kind": found["kind"]},
            "operation": "CREATE" if old is None else "UPDATE",
            "namespace": of,
            "name": found["metadata"].get("name"),
            "object": named,
            "oldObject": old,
            "userInfo": {"username": "somebody"},
        }
        | request
    )


def whole(request: Any) -> bytes:
    """A review of anything."""
    return json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}).encode()


def told(answer: bytes) -> list[str]:
    """The warnings of an answer, which allows whatever was asked."""
    found = json.loads(answer)
    assert found["kind"] == "AdmissionReview"
    assert found["response"]["uid"] == "705ab4f5-6393-11e8-b7cc-42010a800002"
    assert found["response"]["allowed"] is True
    assert found["response"].keys() <= {"uid", "allowed", "warnings"}
    warnings: list[str] = found["response"].get("warnings", [])
    assert all(0 < len(each) <= 256 and each.isprintable() for each in warnings)
    assert sum(map(len, warnings)) <= 4096
    return warnings
