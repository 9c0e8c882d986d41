"""A caller's own bytes for a provider that speaks Messages too: to the letter, but for the model."""

import msgspec

from optipath_router.errors import Code, RequestRejected

_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


def with_model(body: bytes, asked: str, upstream: str) -> bytes:
    """The body with the provider's name for the model that was asked for; raises RequestRejected."""
    if asked == upstream:
        return body
    try:
        members = _decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise RequestRejected(400, Code.INVALID_REQUEST, f"the request is not JSON: {error}") from error
    members["model"] = msgspec.Raw(_encode(upstream))
    return _encode(members)
