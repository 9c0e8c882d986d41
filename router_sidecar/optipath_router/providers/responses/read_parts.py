"""The content of a caller's items: texts, images, files and sounds."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import msgspec

from optipath_router.chat.conversation import (
    Audio,
    CacheMark,
    Citation,
    Document,
    Extra,
    Image,
    Refusal,
    Text,
    Wire,
    parse_data_url,
)
from optipath_router.providers.members import Members, refused
from optipath_router.providers.responses.citations import read_citation

ContentPart = Text | Refusal | Image | Document | Audio


class Content(NamedTuple):
    """What an item says."""

    parts: tuple[ContentPart, ...]
    plain: bool
    """Whether it was written as one text."""


def read_content(item: Members, name: str) -> Content:
    """The content of an item, a text or a list of parts; raises RequestRejected where it is neither."""
    if item.kind_of(name) == "text":
        return Content((Text(item.needed(name, str)),), plain=True)
    if name not in item:
        raise refused(item.at(name), "is missing")
    return Content(tuple(_part(part) for part in item.each(name)), plain=False)


def _part(part: Members) -> ContentPart:
    kind = part.needed("type", str)
    read = _READERS.get(kind)
    if read is None:
        raise refused(part.at("type"), f"is {kind!r}, and none of {', '.join(_READERS)}")
    return read(part)


def _text(part: Members) -> Text:
    text, cache = part.needed("text", str), _mark(part)
    citations = tuple(_citation(raw, part) for raw in part.take("annotations", list[msgspec.Raw]) or ())
    # How likely its words were is of no use to a model that reads them.
    part.raw("logprobs")
    return Text(text, citations, cache, _extra(part))


def _citation(raw: msgspec.Raw, part: Members) -> Citation:
    citation = read_citation(raw)
    if citation is None:
        raise refused(part.at("annotations"), "holds what is no object")
    return citation


def _refusal(part: Members) -> Refusal:
    return Refusal(part.needed("refusal", str), _extra(part))


def _image(part: Members) -> Image:
    url, file_id, detail = part.take("image_url", str), part.take("file_id", str), part.take("detail", str)
    if url is None and file_id is None:
        raise refused(part.path, "has neither an image_url nor a file_id")
    held = None if url is None else parse_data_url(url)
    media_type, data = held or (None, None)
    return Image(
        url=None if held else url,
        data=data,
        media_type=media_type,
        file_id=file_id,
        detail=detail,
        cache=_mark(part),
        extra=_extra(part),
    )


def _file(part: Members) -> Document:
    url, data, file_id = part.take("file_url", str), part.take("file_data", str), part.take("file_id", str)
    if url is data is file_id is None:
        raise refused(part.path, "has none of file_data, file_url and file_id")
    held = None if data is None else parse_data_url(data)
    return Document(
        url=url,
        data=held[1] if held else data,
        media_type=held[0] if held else None,
        file_id=file_id,
        name=part.take("filename", str),
        cache=_mark(part),
        extra=_extra(part),
    )


def _audio(part: Members) -> Audio:
    audio = part.object("input_audio")
    if audio is None:
        raise refused(part.at("input_audio"), "is missing")
    return Audio(data=audio.needed("data", str), format=audio.take("format", str), extra=_extra(part))


def _mark(part: Members) -> CacheMark | None:
    """The mark of a prompt cache, which has but one mode."""
    mark = part.object("prompt_cache_breakpoint")
    return None if mark is None else CacheMark(mark.take("ttl", str))


def _extra(part: Members) -> Extra | None:
    return part.rest(Wire.RESPONSES)


_READERS: Final[Mapping[str, Callable[[Members], ContentPart]]] = {
    "input_text": _text,
    "output_text": _text,
    "text": _text,
    "refusal": _refusal,
    "input_image": _image,
    "input_file": _file,
    "input_audio": _audio,
}
