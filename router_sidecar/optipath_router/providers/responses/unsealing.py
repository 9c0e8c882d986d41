"""A caller's own bytes, on their way to a provider who has not written all that stands in them.

A conversation may have been answered by providers of several wire formats.
What we sealed for one of them (thoughts.py) another would refuse.
"""

from typing import Final

import msgspec

from optipath_router.providers.responses.thoughts import SEAL

_MARK: Final = SEAL.encode()


class _Body(msgspec.Struct, frozen=True):
    input: list[msgspec.Raw] | str | None = None


class _Item(msgspec.Struct, frozen=True):
    type: str | None = None
    encrypted_content: str | None = None


_decode: Final = msgspec.json.Decoder(_Body).decode
_decode_item: Final = msgspec.json.Decoder(_Item).decode
_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode: Final = msgspec.json.Encoder().encode


def without_sealed(body: bytes) -> bytes:
    """A request, to the letter, but without the thoughts in it that this router sealed.

    One that cannot be read is the provider's to judge.
    """
    if _MARK not in body:
        return body
    try:
        items = _decode(body).input
        if not isinstance(items, list):
            return body
        kept = [item for item in items if not _sealed(item)]
        return body if len(kept) == len(items) else _encode({**_members(body), "input": kept})
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return body


def _sealed(raw: msgspec.Raw) -> bool:
    if _MARK not in bytes(raw):
        return False
    item = _decode_item(raw)
    return item.type == "reasoning" and (item.encrypted_content or "").startswith(SEAL)
