"""The parts of a message's content: a caller's, read."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from optipath_router.chat.conversation import (
    Audio,
    CacheMark,
    Citation,
    Document,
    Extra,
    Hosted,
    Image,
    Part,
    Reasoning,
    Refusal,
    Text,
    Wire,
    parse_data_url,
)
from optipath_router.providers.members import Members, refused, said_again
from optipath_router.providers.openai.thoughts import listed_thought

_object: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode: Final = msgspec.json.Encoder().encode


def read_content(message: Members) -> tuple[list[Part], bool]:
    """The parts of a content, and whether it is plain text."""
    match message.kind_of("content"):
        case "text":
            return [Text(message.needed("content", str))], True
        case "list":
            return [read_part(part) for part in message.each("content")], False
        case "null" | "absent":
            message.take("content", object)
            return [], False
        case kind:
            raise refused(message.at("content"), f"is neither text nor a list of parts, but {kind}")


def read_part(part: Members) -> Part:
    """One part; of a type that we do not know, what only this dialect can say again."""
    kind = part.look("type", str)
    if kind is not None and kind not in _READERS:
        return Hosted(Wire.CHAT, part.whole(), kind)
    return _READERS[part.needed("type", str)](part)


def read_cache(members: Members) -> CacheMark | None:
    """A mark up to which the prompt may be cached, as Anthropic has it, and OpenRouter and Alibaba after it."""
    mark = members.object("cache_control")
    if mark is None:
        return None
    mark.take("type", str)  # there is but one, `ephemeral`
    return CacheMark(mark.take("ttl", str), mark.rest(Wire.CHAT))


def read_citations(message: Members) -> tuple[Citation, ...]:
    """The citations that an answer had, which its caller sends back."""
    return tuple(
        read_citation(annotation.needed("url_citation", dict))
        for annotation in message.each("annotations")
        if annotation.take("type", str) == "url_citation"
    )


def read_citation(told: dict[str, object]) -> Citation:
    """A citation; at 0 and up to 0 where it belongs to no place in the text."""

    def word(name: str) -> str | None:
        value = told.get(name)
        return value if isinstance(value, str) and value else None

    start, end = told.get("start_index"), told.get("end_index")
    placed = isinstance(start, int) and isinstance(end, int) and end > 0
    return Citation(
        word("url"),
        word("title"),
        word("content"),
        start if placed and isinstance(start, int) else None,
        end if placed and isinstance(end, int) else None,
    )


def _text(part: Members) -> Text:
    return Text(part.needed("text", str), cache=read_cache(part), extra=part.rest(Wire.CHAT))


def _refusal(part: Members) -> Refusal:
    return Refusal(part.needed("refusal", str), part.rest(Wire.CHAT))


def _document_url(part: Members) -> Document:
    name = part.take("document_name", str)
    return Document(url=part.needed("document_url", str), name=name, extra=part.rest(Wire.CHAT))


def _image(part: Members) -> Image:
    detail = None
    if part.kind_of("image_url") == "text":  # Mistral, and OpenAI once
        url, rest = part.needed("image_url", str), None
    else:
        image = part.object("image_url")
        if image is None:
            raise refused(part.at("image_url"), "is missing")
        url, detail, rest = image.needed("url", str), image.take("detail", str), image
    cache = read_cache(part)
    extra = rest_of(part, "image_url", rest)
    if data := parse_data_url(url):
        return Image(data=data[1], media_type=data[0], detail=detail, cache=cache, extra=extra)
    return Image(url, detail=detail, cache=cache, extra=extra)


def _audio(part: Members) -> Audio:
    audio = part.object("input_audio")
    if audio is None:
        raise refused(part.at("input_audio"), "is missing")
    data, form = audio.needed("data", str), audio.take("format", str)
    return Audio(data, form, extra=rest_of(part, "input_audio", audio))


def _file(part: Members) -> Document:
    file = part.object("file")
    if file is None:
        raise refused(part.at("file"), "is missing")
    data, name, file_id = file.take("file_data", str), file.take("filename", str), file.take("file_id", str)
    if data is None and file_id is None:
        raise refused(file.path, "has neither file_data nor file_id")
    return _document(data, name, file_id, read_cache(part), rest_of(part, "file", file))


def _file_url(part: Members) -> Document:
    file = part.object("file_url")
    if file is None:
        raise refused(part.at("file_url"), "is missing")
    url, name = file.needed("url", str), part.take("file_name", str)
    return _document(url, name, None, None, rest_of(part, "file_url", file))


def _document(
    told: str | None, name: str | None, file_id: str | None, cache: CacheMark | None, extra: Extra | None
) -> Document:
    """A document of which is told a URL, its data in one, or its data alone."""
    if told is None:
        return Document(file_id=file_id, name=name, cache=cache, extra=extra)
    if data := parse_data_url(told):
        media_type, encoded = data
        return Document(data=encoded, media_type=media_type, file_id=file_id, name=name, cache=cache, extra=extra)
    if told.startswith(("https://", "http://")):
        return Document(url=told, file_id=file_id, name=name, cache=cache, extra=extra)
    return Document(data=told, file_id=file_id, name=name, cache=cache, extra=extra)


def _thinking(part: Members) -> Reasoning:
    # A thought that is sent back is closed, and nothing is lost with the member that says so.
    part.take("closed", bool)
    signature = part.take("signature", str)
    if part.kind_of("thinking") == "text":
        text = part.needed("thinking", str)
    else:
        text = "".join(piece.needed("text", str) for piece in part.each("thinking"))
    return msgspec.structs.replace(listed_thought(text, signature), extra=part.rest(Wire.CHAT))


_READERS: Final[Mapping[str, Callable[[Members], Part]]] = {
    "text": _text,
    "refusal": _refusal,
    "image_url": _image,
    "input_audio": _audio,
    "file": _file,
    "document_url": _document_url,  # Mistral
    "file_url": _file_url,  # Perplexity
    "thinking": _thinking,  # Mistral
}


def rest_of(outer: Members, name: str, inner: Members | None) -> Extra | None:
    """What is left of an object, and under its name of the one inside it that says the most."""
    rest, more = outer.rest(Wire.CHAT), inner.rest(Wire.CHAT) if inner else None
    if more is None:
        return rest
    return Extra(Wire.CHAT, {**(rest.members if rest else {}), name: msgspec.Raw(_encode(more.members))})


def told_apart(extra: Extra | None, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `rest_of` has left, to be written again: of the object, and of the one inside it."""
    outer = said_again(extra, Wire.CHAT)
    inner = outer.pop(name, None)
    return outer, {} if inner is None else dict(_object(inner))
