"""The content of messages, as items hold it."""

import base64
from collections.abc import Iterable
from typing import Any, Final, assert_never

from optipath_router.chat.conversation import (
    Audio,
    CacheMark,
    Document,
    Image,
    Refusal,
    Text,
    Wire,
    data_url,
)
from optipath_router.providers.members import said_again
from optipath_router.providers.responses.citations import annotations
from optipath_router.providers.responses.read_parts import ContentPart

_PLAIN_TEXT: Final = "text/plain"
_ENDINGS: Final = {
    _PLAIN_TEXT: ".txt",
    "text/markdown": ".md",
    "text/html": ".html",
    "text/csv": ".csv",
    "application/json": ".json",
    "application/pdf": ".pdf",
}


def input_content(parts: Iterable[ContentPart], *, ours: bool) -> list[dict[str, Any]]:
    """What the caller says, or a tool; with sounds and cache marks only where they were written for this dialect."""
    return [said for part in parts if (said := _input(part, ours=ours)) is not None]


def output_content(parts: Iterable[Text | Refusal]) -> list[dict[str, Any]]:
    """What the model said."""
    return [_output(part) for part in parts]


def _output(part: Text | Refusal) -> dict[str, Any]:
    again = said_again(part.extra, Wire.RESPONSES)
    match part:
        case Refusal(text=text):
            return {"type": "refusal", "refusal": text, **again}
        case Text(text=text, citations=citations):
            return {"type": "output_text", "text": text, "annotations": annotations(citations, text), **again}
        case _:
            assert_never(part)


def _input(part: ContentPart, *, ours: bool) -> dict[str, Any] | None:
    again = said_again(part.extra, Wire.RESPONSES)
    match part:
        case Text(text=text, cache=cache):
            return {"type": "input_text", "text": text, **_mark(cache, ours=ours), **again}
        case Refusal(text=text):
            return {"type": "input_text", "text": text, **again}
        case Image(cache=cache):
            return {"type": "input_image", **_image(part), **_mark(cache, ours=ours), **again}
        case Document(cache=cache):
            return {"type": "input_file", **_file(part), **_mark(cache, ours=ours), **again}
        case Audio(data=None, transcript=transcript):
            return {"type": "input_text", "text": transcript} if transcript else None
        case Audio(data=data, format=form):
            return {"type": "input_audio", "input_audio": {"data": data, "format": form}, **again} if ours else None
        case _:
            assert_never(part)


def _image(image: Image) -> dict[str, Any]:
    detail = {"detail": image.detail} if image.detail else {}
    if image.file_id is not None and image.url is image.data is None:
        return {"file_id": image.file_id, **detail}
    url = image.url if image.data is None else data_url(image.media_type or "image/png", image.data)
    return {"image_url": url, **({"file_id": image.file_id} if image.file_id else {}), **detail}


def _file(document: Document) -> dict[str, Any]:
    """A file. One that comes as data must have a name, by whose end its kind is known."""
    named = {"filename": document.name} if document.name else {}
    if document.text is not None:
        name = _file_name(document.name, _PLAIN_TEXT)
        return {"filename": name, "file_data": data_url(_PLAIN_TEXT, _base64(document.text))}
    if document.data is not None:
        if document.media_type is None:
            return {**named, "file_data": document.data}
        name = _file_name(document.name, document.media_type)
        return {"filename": name, "file_data": data_url(document.media_type, document.data)}
    if document.file_id is not None:
        return {**named, "file_id": document.file_id}
    return {**named, "file_url": document.url}


def _file_name(told: str | None, media_type: str) -> str:
    """A name with an ending. A title, which is all that other dialects give, may have none."""
    name = told or "document"
    return name if "." in name else name + _ENDINGS.get(media_type, "")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _mark(cache: CacheMark | None, *, ours: bool) -> dict[str, Any]:
    if cache is None or not ours:
        return {}
    return {"prompt_cache_breakpoint": {"mode": "explicit", **({"ttl": cache.ttl} if cache.ttl else {})}}
