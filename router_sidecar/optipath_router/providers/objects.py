"""Arguments of tool calls, for formats that want an object where a model wrote a text that should be one."""

from typing import Final

import msgspec

BROKEN: Final = "INVALID_JSON"
"""The member under which arguments that are no object are told again, so that the model sees what it wrote."""

_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def as_object(arguments: str) -> msgspec.Raw:
    """Arguments to the letter where they are an object, an empty one for none, and else one that tells them."""
    text = arguments.strip()
    if text in ("", "null"):
        return msgspec.Raw(b"{}")
    return msgspec.Raw(text.encode() if is_object(text) else msgspec.json.encode({BROKEN: arguments}))


def is_object(text: str) -> bool:
    """Whether a text is a JSON object."""
    try:
        _object(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return False
    return True
