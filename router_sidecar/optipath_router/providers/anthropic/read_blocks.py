"""The content blocks of a caller's messages."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from optipath_router.chat.conversation import (
    CacheMark,
    Document,
    Extra,
    Hosted,
    Image,
    Part,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    Wire,
)
from optipath_router.chat.request import MAX_MESSAGES
from optipath_router.providers.anthropic.citations import read_citation
from optipath_router.providers.anthropic.foreign import INVALID_JSON, unseal, with_signatures
from optipath_router.providers.members import Members, first_byte, refused

_DIRECT: Final = {"type": "direct"}
_PLAIN: Final = "text/plain"
_blocks: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode


def read_content(members: Members, name: str = "content") -> tuple[tuple[Part, ...], bool]:
    """The parts of a member that holds content, and whether it is plain text instead of a list."""
    raw = members.lent(name)
    if raw is None:
        raise refused(members.at(name), "is missing")
    return content(raw, members.at(name))


def content(raw: msgspec.Raw, path: str, *, of_result: bool = False) -> tuple[tuple[Part, ...], bool]:
    """The parts of a content, and whether it is plain text; that of a tool's result holds no results itself."""
    try:
        if first_byte(raw) == b'"':
            return (Text(msgspec.json.decode(raw, type=str)),), True
        raws = _blocks(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise refused(path, f"is neither text nor a list of blocks: {error}") from error
    if len(raws) > MAX_MESSAGES:
        raise refused(path, f"has {len(raws)} blocks, more than {MAX_MESSAGES}")
    parts = (read_block(block, f"{path}[{index}]", of_result=of_result) for index, block in enumerate(raws))
    return tuple(with_signatures(parts)), False


def read_block(raw: msgspec.Raw, path: str, *, of_result: bool = False) -> Part:
    """A content block; one that only Messages knows is kept to the letter."""
    members = Members(raw, path)
    kind = members.needed("type", str)
    if of_result and kind == "tool_result":
        raise refused(path, "is a tool_result inside of another")
    read = _READERS.get(kind)
    part = read(members) if read is not None else None
    return Hosted(Wire.MESSAGES, raw.copy(), members.take("name", str) or kind) if part is None else part


def read_cache(members: Members) -> CacheMark | None:
    """The cache mark on a block, a tool, or the whole request."""
    mark = members.object("cache_control")
    if mark is None:
        return None
    mark.take("type", str)  # there is one: ephemeral
    return CacheMark(mark.take("ttl", str), mark.rest(Wire.MESSAGES))


def _text(members: Members) -> Text:
    text, cited = members.needed("text", str), members.take("citations", list[dict[str, msgspec.Raw]])
    cache = read_cache(members)
    citations = tuple(read_citation(each) for each in cited or ())
    return Text(text, citations, cache, members.rest(Wire.MESSAGES))


def _image(members: Members) -> Image | None:
    """An image; None where its source is of a kind that no other dialect has."""
    source = _source(members)
    cache = read_cache(members)
    match source.needed("type", str):
        case "base64":
            data, media_type = source.needed("data", str), source.needed("media_type", str)
            return Image(data=data, media_type=media_type, cache=cache, extra=members.rest(Wire.MESSAGES))
        case "url":
            return Image(url=source.needed("url", str), cache=cache, extra=members.rest(Wire.MESSAGES))
        case "file":
            return Image(file_id=source.needed("file_id", str), cache=cache, extra=members.rest(Wire.MESSAGES))
        case _:
            return None


def _document(members: Members) -> Document | None:
    """A document; None where its source is of a kind that no other dialect has, such as blocks of its own."""
    source, cache = _source(members), read_cache(members)
    name = members.take("title", str)
    match source.needed("type", str):
        case "base64":
            data, media_type = source.needed("data", str), source.take("media_type", str)
            extra = members.rest(Wire.MESSAGES)
            return Document(data=data, media_type=media_type, name=name, cache=cache, extra=extra)
        case "text":
            text, media_type = source.needed("data", str), source.take("media_type", str) or _PLAIN
            extra = members.rest(Wire.MESSAGES)
            return Document(text=text, media_type=media_type, name=name, cache=cache, extra=extra)
        case "url":
            url = source.needed("url", str)
            return Document(url=url, name=name, cache=cache, extra=members.rest(Wire.MESSAGES))
        case "file":
            file_id = source.needed("file_id", str)
            return Document(file_id=file_id, name=name, cache=cache, extra=members.rest(Wire.MESSAGES))
        case _:
            return None


def _source(members: Members) -> Members:
    source = members.object("source")
    if source is None:
        raise refused(members.at("source"), "is missing")
    return source


def _call(members: Members) -> ToolCall:
    id_, name = members.needed("id", str), members.needed("name", str)
    given = members.lent("input") or msgspec.Raw(b"{}")
    arguments = _arguments(given, members.at("input"))
    cache = read_cache(members)
    return ToolCall(id_, name, arguments, cache=cache, extra=without_direct(members.rest(Wire.MESSAGES)))


def _arguments(given: msgspec.Raw, path: str) -> str:
    """The arguments as the model wrote them: what was no JSON is wrapped on the way to the caller."""
    text = bytes(given).decode()
    if INVALID_JSON in text:
        members = Members(given, path)
        written = members.take(INVALID_JSON, str) if members.kind_of(INVALID_JSON) == "text" else None
        if written is not None and members.rest(Wire.MESSAGES) is None:
            return written
    return text


def without_direct(extra: Extra | None) -> Extra | None:
    """What is left of a call's members where it says no more than that the model itself calls, as it does unsaid."""
    if extra is None or "caller" not in extra.members or _decoded(extra.members["caller"]) != _DIRECT:
        return extra
    rest = {name: raw for name, raw in extra.members.items() if name != "caller"}
    return Extra(extra.wire, rest) if rest else None


def _result(members: Members) -> ToolResult:
    call_id, failed = members.needed("tool_use_id", str), members.take("is_error", bool) or False
    cache, written = read_cache(members), members.lent("content")
    parts = content(written, members.at("content"), of_result=True)[0] if written is not None else ()
    said = tuple(part for part in parts if isinstance(part, Text | Image | Document))
    extra = members.rest(Wire.MESSAGES)
    if written is not None and len(said) < len(parts):
        # Search results and references to tools, which only Messages has: there all of it is said again.
        extra = Extra(Wire.MESSAGES, {**(extra.members if extra else {}), "content": written.copy()})
    return ToolResult(call_id, said, failed, cache=cache, extra=extra)


def _decoded(raw: msgspec.Raw) -> object:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None


def _thought(members: Members) -> Reasoning:
    return unseal(members.take("thinking", str) or "", members.take("signature", str) or "", redacted=False)


def _redacted(members: Members) -> Reasoning:
    return unseal("", members.needed("data", str), redacted=True)


_READERS: Final[Mapping[str, Callable[[Members], Part | None]]] = {
    "text": _text,
    "image": _image,
    "document": _document,
    "tool_use": _call,
    "tool_result": _result,
    "thinking": _thought,
    "redacted_thinking": _redacted,
}
"""By type of block; None of one that only Messages knows after all."""
