"""The parts of a chat, as content blocks for Anthropic."""

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Final, assert_never

import msgspec

from optipath_router.chat.conversation import (
    Audio,
    CacheMark,
    Document,
    Hosted,
    Image,
    Part,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    ToolResult,
    Wire,
    parse_data_url,
)
from optipath_router.providers.anthropic.citations import is_own, write_citation
from optipath_router.providers.anthropic.foreign import INVALID_JSON
from optipath_router.providers.members import said_again

_PDF: Final = "application/pdf"
_PLAIN: Final = "text/plain"
_NO_ID: Final = re.compile(r"[^a-zA-Z0-9_-]")
_object: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode: Final = msgspec.json.Encoder().encode

Block = dict[str, Any]


def write_blocks(parts: Iterable[Part]) -> Iterator[Block | msgspec.Raw]:
    """The blocks that say these parts; those that Messages cannot say are left out."""
    for part in parts:
        block = _block(part)
        if block is not None:
            yield block


def write_cache(mark: CacheMark | None) -> Block:
    """The member that marks a block for the cache; none where there is no mark."""
    if mark is None:
        return {}
    ttl = {} if mark.ttl is None else {"ttl": mark.ttl}
    return {"cache_control": {"type": "ephemeral", **ttl, **said_again(mark.extra, Wire.MESSAGES)}}


def call_id(given: str) -> str:
    """A call's id in the letters that Anthropic takes; the same for the call and for its result."""
    if given and not _NO_ID.search(given):
        return given
    return f"{_NO_ID.sub('_', given)}_{zlib.crc32(given.encode('utf-8', 'surrogatepass')):08x}"


def write_input(arguments: str) -> msgspec.Raw:
    """Arguments as the object that Messages demands; what is none is wrapped as Anthropic's guide tells to."""
    text = arguments.strip() or "{}"
    try:
        _object(text)
    except (msgspec.DecodeError, RecursionError):
        return msgspec.Raw(_encode({INVALID_JSON: arguments}))
    return msgspec.Raw(text.encode())


def _block(part: Part) -> Block | msgspec.Raw | None:
    block: Block | msgspec.Raw | None = None
    match part:
        case Text():
            block = _text(part)
        case Refusal(text=text) if text:
            block = {"type": "text", "text": text}
        case Image():
            block = _image(part)
        case Document():
            block = _document(part)
        case Reasoning():
            block = _thought(part)
        case ToolCall():
            block = _call(part)
        case ToolResult():
            block = _result(part)
        case Hosted(wire=Wire.MESSAGES, raw=raw):
            block = raw
        case Refusal() | Hosted() | Audio():
            pass
        case _:
            assert_never(part)
    return block


def _text(part: Text) -> Block | None:
    if not part.text and part.cache is None and part.extra is None:
        return None  # which the API refuses
    # A citation of another provider's lacks the proof without which the API refuses one.
    citations = [write_citation(each) for each in part.citations if is_own(each)]
    return {
        "type": "text",
        "text": part.text,
        **({"citations": citations} if citations else {}),
        **write_cache(part.cache),
        **said_again(part.extra, Wire.MESSAGES),
    }


def _image(part: Image) -> Block | None:
    source = _source(part.url, part.data, part.media_type, part.file_id)
    if source is None:
        return None
    return {
        "type": "image",
        "source": source,
        **write_cache(part.cache),
        **said_again(part.extra, Wire.MESSAGES),
    }


def _document(part: Document) -> Block | None:
    text = part.text if part.text is not None else _decoded_text(part)
    if text is not None:
        source: Block | None = {"type": "text", "media_type": _PLAIN, "data": text}
    else:
        media_type = part.media_type or (_PDF if part.data is not None else None)
        source = _source(part.url, part.data, media_type, part.file_id)
    if source is None:
        return None
    return {
        "type": "document",
        "source": source,
        **({"title": part.name} if part.name is not None else {}),
        **write_cache(part.cache),
        **said_again(part.extra, Wire.MESSAGES),
    }


def _source(url: str | None, data: str | None, media_type: str | None, file_id: str | None) -> Block | None:
    if url is not None and (held := parse_data_url(url)):
        media_type, data = held
    if data is not None:
        return {"type": "base64", "media_type": media_type, "data": data}
    if url is not None:
        return {"type": "url", "url": url}
    return {"type": "file", "file_id": file_id} if file_id is not None else None


def _decoded_text(part: Document) -> str | None:
    """The text of a document whose data is text: in base64 Anthropic takes PDF alone."""
    data, media_type = part.data, part.media_type
    if part.url is not None and (held := parse_data_url(part.url)):
        media_type, data = held
    if data is None or media_type is None or not media_type.startswith("text/"):
        return None
    try:
        return base64.b64decode(data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _thought(part: Reasoning) -> Block | None:
    """A thought that Anthropic can prove to be its own; it refuses any other."""
    if part.wire is not Wire.MESSAGES:
        return None
    if part.signature is not None:
        return {"type": "thinking", "thinking": part.text, "signature": part.signature}
    return {"type": "redacted_thinking", "data": part.hidden} if part.hidden is not None else None


def _call(part: ToolCall) -> Block:
    return {
        "type": "tool_use",
        "id": call_id(part.id),
        "name": part.name,
        "input": write_input(part.arguments),
        **write_cache(part.cache),
        **said_again(part.extra, Wire.MESSAGES),
    }


def _result(part: ToolResult) -> Block:
    return {
        "type": "tool_result",
        "tool_use_id": call_id(part.call_id),
        **_content(part),
        **({"is_error": True} if part.failed else {}),
        **write_cache(part.cache),
        **said_again(part.extra, Wire.MESSAGES),
    }


def _content(part: ToolResult) -> Block:
    blocks = list(write_blocks(part.parts))
    if not blocks:
        return {}
    match part.parts:
        case (Text(text=text, citations=(), cache=None, extra=None),):
            return {"content": text}
        case _:
            return {"content": blocks}
