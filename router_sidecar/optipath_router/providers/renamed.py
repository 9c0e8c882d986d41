"""A caller's own bytes for a provider that speaks the same: to the letter, but for what is ours to change."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from optipath_router.errors import Code, RequestRejected

Members = Mapping[str, msgspec.Raw]

_decode: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode: Final = msgspec.json.Encoder().encode


def renamed(body: bytes, asked: str, upstream: str, changed: Callable[[Members], Members] | None = None) -> bytes:
    """The body with the provider's name for the model, and with members changed; raises RequestRejected."""
    if asked == upstream and changed is None:
        return body
    try:
        members: Members = _decode(body)
        more = changed(members) if changed is not None else {}
    # How deep is too deep hangs on how deep the call stack is, and so what was read before may not be read again.
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise RequestRejected(400, Code.INVALID_REQUEST, f"the request is not JSON: {error}") from error
    return _encode({**members, "model": upstream, **more})
