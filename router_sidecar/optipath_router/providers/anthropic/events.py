"""The events of a stream of Messages, as far as a reader looks at them."""

from typing import Any, Final

import msgspec

_NOTHING: Final = msgspec.Raw(b"null")


class Said(msgspec.Struct, frozen=True):
    """The delta of a block, or of the message."""

    type: Any = None
    text: str | None = None
    partial_json: str | None = None
    thinking: str | None = None
    signature: str | None = None
    citation: msgspec.Raw = _NOTHING
    stop_reason: Any = None
    stop_sequence: Any = None


class Event(msgspec.Struct, frozen=True):
    """Any event of a stream."""

    type: str = ""
    index: int = 0
    delta: Said | None = None
    content_block: msgspec.Raw = _NOTHING
    message: msgspec.Raw = _NOTHING
    usage: Any = None
    error: Any = None


class _Kind(msgspec.Struct, frozen=True):
    type: Any = None


_decode: Final = msgspec.json.Decoder(Event).decode
_decode_kind: Final = msgspec.json.Decoder(_Kind).decode
_KINDS: Final = frozenset(
    {
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
        "error",
    }
)


def read_event(data: bytes) -> Event:
    """An event; one of a newer API says nothing to us, whatever shape its members have. Raises DecodeError."""
    try:
        return _decode(data)
    except msgspec.ValidationError:
        kind = _decode_kind(data).type
        if not isinstance(kind, str) or kind in _KINDS:
            raise
        return Event(kind)
