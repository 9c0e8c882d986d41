"""A chat request for a provider that speaks OpenAI's dialect: the caller's bytes with the model changed."""

import msgspec

from optipath_router.errors import Code, RequestRejected

_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


def with_model(body: bytes, asked: str, upstream: str) -> bytes:
    """The body with another model in it, every other value to the letter as it came; raises RequestRejected."""
    if asked == upstream:
        return body
    try:
        fields = _decode(body)
    except RecursionError as error:  # how deep is too deep hangs on how deep the call stack is
        raise RequestRejected(400, Code.INVALID_REQUEST, f"the request is not JSON: {error}") from error
    fields["model"] = msgspec.Raw(_encode(upstream))
    return _encode(fields)
