"""A request for a provider that speaks OpenAI's dialect: the caller's bytes with what is ours to change."""

from typing import Final

import msgspec

from optipath_router.chat.request import Asked
from optipath_router.providers.renamed import Members, renamed

_NULL: Final = msgspec.Raw(b"null")
_decode: Final = msgspec.json.Decoder(dict[str, msgspec.Raw] | None).decode
_encode: Final = msgspec.json.Encoder().encode


def outgoing(body: bytes, asked: Asked, upstream: str, *, tell_usage: bool) -> bytes:
    """The body with the provider's name for the model, and with a stream's usage asked for; raises RequestRejected."""
    return renamed(body, asked.model, upstream, _telling_usage if tell_usage and not asked.tells_usage else None)


def _telling_usage(members: Members) -> Members:
    options = _decode(members.get("stream_options", _NULL)) or {}
    return {"stream_options": msgspec.Raw(_encode({**options, "include_usage": True}))}
