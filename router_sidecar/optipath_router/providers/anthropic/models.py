"""The models that a tenant may ask for, as `GET /v1/models` lists them in Anthropic's shape."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

_UNKNOWN_DATE: Final = "1970-01-01T00:00:00Z"
"""What Anthropic's reference tells to write where the date of a release is not known."""
_encode: Final = msgspec.json.Encoder().encode


def every(names: Iterable[str]) -> bytes:
    """All models, on one page."""
    listed = [_model(name) for name in names]
    first, last = (listed[0]["id"], listed[-1]["id"]) if listed else (None, None)
    return _encode({"data": listed, "has_more": False, "first_id": first, "last_id": last})


def one(name: str) -> bytes:
    """One model."""
    return _encode(_model(name))


def _model(name: str) -> dict[str, Any]:
    return {
        "type": "model",
        "id": name,
        "display_name": name,
        "created_at": _UNKNOWN_DATE,
        "lifecycle": "active",
    }
