"""What a message or a delta of an answer says: read leniently, as an odd member must not cost a good answer."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from optipath_router.chat.conversation import Audio, Citation, Extra, Image, ToolCall, Wire, parse_data_url
from optipath_router.providers.openai.parts import read_citation
from optipath_router.providers.openai.tools import signature_in
from optipath_router.providers.openai.usage import field

_encode: Final = msgspec.json.Encoder().encode
_ID_LENGTH: Final = 24


class Spoken(msgspec.Struct, frozen=True):
    """A message, or a delta of one."""

    content: Any = None
    reasoning_content: Any = None
    reasoning: Any = None
    reasoning_details: Any = None
    refusal: Any = None
    tool_calls: Any = None
    function_call: Any = None
    audio: Any = None
    annotations: Any = None
    images: Any = None


class Piece(msgspec.Struct, frozen=True):
    """A part of a content that is a list."""

    text: str
    thinking: bool = False
    signature: str | None = None


def pieces(content: list[Any]) -> Iterator[Piece]:
    """Texts and Mistral's thoughts in a content that is a list."""
    for part in content:
        thinking = field(part, "thinking")
        if isinstance(thinking, list):
            text = "".join(word(each, "text") for each in thinking)
            yield Piece(text, thinking=True, signature=word(part, "signature") or None)
        elif isinstance(thinking, str):
            yield Piece(thinking, thinking=True, signature=word(part, "signature") or None)
        elif text := word(part, "text"):
            yield Piece(text)


def read_call(told: Any, made_id: str) -> ToolCall | None:
    """A tool call, with an id of ours where the provider gave none; None where it names no tool."""
    custom = field(told, "custom")
    function = field(told, "function") if custom is None else custom
    if not (name := word(function, "name")):
        return None
    arguments = words(field(function, "input" if custom is not None else "arguments"))
    call_id = word(told, "id") or made_id
    signature = signature_in(field(told, "extra_content"))
    return ToolCall(call_id, name, arguments, custom=custom is not None, signature=signature)


def made_id(answer_id: str, choice: int, number: int) -> str:
    """The id of a call to which the provider gave none: the same whenever the answer is read."""
    telling = "".join(letter for letter in answer_id if letter.isascii() and letter.isalnum())[-_ID_LENGTH:]
    return "_".join(filter(None, ("call", telling, str(choice), str(number))))


def read_audio(told: Any) -> Audio | None:
    """A sound that the model made."""
    if not isinstance(told, dict):
        return None
    expires = told.get("expires_at")
    extra = Extra(Wire.CHAT, {"expires_at": msgspec.Raw(_encode(expires))}) if expires is not None else None
    data, transcript = word(told, "data") or None, word(told, "transcript") or None
    return Audio(data, id=word(told, "id") or None, transcript=transcript, extra=extra)


def read_images(told: Any) -> Iterator[Image]:
    """Pictures that the model made, as OpenRouter tells them."""
    for each in told if isinstance(told, list) else ():
        url = word(field(each, "image_url"), "url")
        if data := parse_data_url(url):
            yield Image(data=data[1], media_type=data[0])
        elif url:
            yield Image(url)


def citations(annotations: Any) -> Iterator[Citation]:
    """Where a text has its facts from."""
    for annotation in annotations if isinstance(annotations, list) else ():
        told = field(annotation, "url_citation")
        if isinstance(told, dict):
            yield read_citation(told)


def searched(results: Any, urls: Any) -> tuple[Citation, ...]:
    """What Perplexity found, to which the text points by numbers: its results, or at least their URLs."""
    told = [each for each in results if word(each, "url")] if isinstance(results, list) else []
    if told:
        return tuple(Citation(word(each, "url"), word(each, "title") or None) for each in told)
    return tuple(Citation(url) for url in urls if isinstance(url, str)) if isinstance(urls, list) else ()


def words(value: Any) -> str:
    """A text; JSON of what is none but should be."""
    if isinstance(value, str):
        return value
    return "" if value is None else _encode(value).decode()


def word(value: Any, name: str) -> str:
    """A member that is text; empty where it is none."""
    told = field(value, name)
    return told if isinstance(told, str) else ""
