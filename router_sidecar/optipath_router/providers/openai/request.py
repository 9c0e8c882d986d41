"""A chat request for a provider that speaks OpenAI's dialect: the caller's bytes with what is ours to change."""

import msgspec

from optipath_router.chat.request import Asked
from optipath_router.errors import Code, RequestRejected

_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


def outgoing(body: bytes, asked: Asked, upstream: str, *, tell_usage: bool) -> bytes:
    """The body with the provider's name for the model, and with a stream's usage asked for.

    Every other value stays to the letter as it came. Raises RequestRejected.
    """
    tell_usage = tell_usage and not asked.tells_usage
    if asked.model == upstream and not tell_usage:
        return body
    try:
        fields = _decode(body)
        if tell_usage:
            options = _decode(fields["stream_options"]) if asked.stream_options else {}
            fields["stream_options"] = msgspec.Raw(_encode({**options, "include_usage": True}))
    except RecursionError as error:  # how deep is too deep hangs on how deep the call stack is
        raise RequestRejected(400, Code.INVALID_REQUEST, f"the request is not JSON: {error}") from error
    fields["model"] = msgspec.Raw(_encode(upstream))
    return _encode(fields)
