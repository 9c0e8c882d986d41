"""What a model thought, as a reasoning item says it, and back.

Of a thought that another wire format has to get back unchanged (Anthropic's
signature, Gemini's on a tool call) an item has no place to tell. It travels
sealed, where the encrypted content would be, so that the caller returns it:

    "encrypted_content": "optipath:" + base64({"wire": …, "signature": …})

Nobody but us can read that, so no provider may be sent it: look for SEAL.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from optipath_router.chat.conversation import Reasoning, Wire

SEAL: Final = "optipath:"
"""How an encrypted content begins that this router wrote."""


class Sealed(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is carried for another wire format."""

    wire: Wire | None = None
    signature: str | None = None
    hidden: str | None = None
    call: str | None = None
    """The id of the tool call whose signature it is, where it is no thought's."""


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Sealed).decode


def seal(carried: Sealed) -> str:
    """The encrypted content that carries it."""
    return SEAL + base64.urlsafe_b64encode(_encode(carried)).decode()


def unseal(encrypted: str | None) -> Sealed | None:
    """What an encrypted content carries; None where no router wrote it."""
    if encrypted is None or not encrypted.startswith(SEAL):
        return None
    try:
        return _decode(base64.urlsafe_b64decode(encrypted.removeprefix(SEAL)))
    except (binascii.Error, ValueError, msgspec.DecodeError):
        # Ours, but of a newer release or damaged: of no use to anybody, and no provider's either.
        return Sealed()


def read_thoughts(
    item: str | None, summaries: Sequence[str], texts: Sequence[str], encrypted: str | None
) -> tuple[Reasoning, ...]:
    """The parts that one reasoning item is: its summaries, its own words, and last what is hidden of it."""
    carried = unseal(encrypted)
    if carried is not None:
        text = "".join(texts) or "".join(summaries)
        only_summary = bool(summaries) and not texts
        return (Reasoning(text, carried.signature, carried.hidden, summary=only_summary, wire=carried.wire),)
    wire = Wire.RESPONSES
    told = [Reasoning(text, id=item, summary=True, wire=wire) for text in summaries]
    told += [Reasoning(text, id=item, wire=wire) for text in texts]
    if encrypted or not told:
        told.append(Reasoning(hidden=encrypted, id=item, wire=wire))
    return tuple(told)


def one_item(last: Reasoning, thought: Reasoning) -> bool:
    """Whether a thought stands in the same item as the one before it."""
    ours = last.wire is thought.wire is Wire.RESPONSES
    return ours and last.id == thought.id and last.hidden is None and bool(thought.text or thought.hidden)


def encrypted_content(thought: Reasoning) -> str | None:
    """What stands for all that cannot be shown of a thought."""
    if thought.wire is Wire.RESPONSES:
        return thought.hidden
    return seal(Sealed(thought.wire, thought.signature, thought.hidden))


def thought_item(thoughts: Sequence[Reasoning], item: str | None) -> dict[str, Any]:
    """The item that says thoughts which belong together."""
    summaries = [{"type": "summary_text", "text": each.text} for each in thoughts if each.summary and each.text]
    texts = [{"type": "reasoning_text", "text": each.text} for each in thoughts if each.text and not each.summary]
    encrypted = encrypted_content(thoughts[-1])
    return {
        "type": "reasoning",
        **({"id": item} if item else {}),
        "summary": summaries,
        **({"content": texts} if texts else {}),
        **({"encrypted_content": encrypted} if encrypted else {}),
    }
