"""A streamed answer in OpenAI's dialect: what accounting and the commit rule need to see of it, and no more."""

from collections.abc import Iterator
from typing import Any

import msgspec

from optipath_router.chat.events import Event, Kind
from optipath_router.chat.tokens import piece_tokens
from optipath_router.chat.usage import Usage
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.openai.said import Said, tokens_said
from optipath_router.providers.openai.usage import field, read_usage
from optipath_router.providers.sse import Message, SseParser


class _Choice(msgspec.Struct, frozen=True):
    index: int | None = None
    delta: Said | None = None
    finish_reason: str | None = None
    text: Any = None
    """In the place of a delta, where a prompt is completed and no chat."""


class _Chunk(msgspec.Struct, frozen=True):
    choices: list[_Choice] | None = None
    usage: Any = None
    x_groq: Any = None
    """Where Groq tells the usage of a stream that nobody asked to tell it."""
    error: Any = None
    """An object, or at some providers a text."""


_decode = msgspec.json.Decoder(_Chunk).decode

# On Python 3.11 it takes a tenth of a microsecond to look one up by its class.
_OPENING, _CONTENT, _ERROR, _END = Kind


class OpenAIReader:
    """Reads a stream of chat completion chunks.

    The answer is finished when each choice has said its finish_reason; the
    end mark alone proves nothing. Its absence is tolerable where all choices
    that were asked for have come.
    """

    __slots__ = ("_choices", "_ended", "_finished", "_hides_usage", "_open", "_parser")

    def __init__(self, *, choices: int = 1, hides_usage: bool = False) -> None:
        """Take how many choices were asked for, and whether the caller asked for no usage, and must see none."""
        self._choices, self._hides_usage = choices, hides_usage
        self._parser = SseParser()
        self._open: set[int] = set()
        self._finished: set[int] = set()
        self._ended = False

    @property
    def kept(self) -> int:
        """Bytes of an event that is not complete."""
        return self._parser.kept

    @property
    def finished(self) -> bool:
        """Whether every choice has come to its end."""
        enough = len(self._finished) >= self._choices or (self._ended and bool(self._finished))
        return enough and not self._open

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that are complete with this piece; raises UpstreamBroken when it comes to one that is none."""
        return self._events(self._parser.feed(chunk))

    def close(self) -> Iterator[Event]:
        """What is left when no more comes."""
        # A blank line is missing after it, without which no reader would take it for an event.
        return self._events(Message(raw + b"\n\n", data) for raw, data in self._parser.close())

    def _events(self, messages: Iterator[Message]) -> Iterator[Event]:
        """What messages mean. Those that came together are one event, up to an end, an error, or what is no chunk."""
        raws: list[bytes] = []
        content, tokens = False, 0
        usage: Usage | None = None

        def together() -> Iterator[Event]:
            nonlocal content, tokens, usage
            if raws:
                event = Event(_CONTENT if content else _OPENING, b"".join(raws), usage, tokens)
                raws.clear()
                content, tokens, usage = False, 0, None
                yield event

        try:
            for raw, data in messages:
                if not data:
                    raws.append(raw)
                elif data.startswith(b"{"):
                    chunk = _chunk(data)
                    if chunk.error is not None:
                        yield from together()
                        yield Event(_ERROR, raw, _usage(chunk))
                        continue
                    said = self._said(chunk)
                    if said is not None:
                        content = True
                        tokens += said
                    usage = _usage(chunk) or usage
                    raws.append(self._shown(raw, chunk) if self._hides_usage else raw)
                elif data.strip() == b"[DONE]":
                    yield from together()
                    self._ended = True
                    yield Event(_END, raw)
                else:
                    raise _no_chunk(data)
        except UpstreamBroken:
            yield from together()
            raise
        yield from together()

    def _said(self, chunk: _Chunk) -> int | None:
        """About how many tokens of content are in a chunk; None where there is no content in it."""
        said = None
        for choice in chunk.choices or ():
            index, delta = choice.index or 0, choice.delta
            if choice.finish_reason:
                self._open.discard(index)
                self._finished.add(index)
                said = said or 0
            elif index not in self._finished:
                self._open.add(index)
            if delta is None:
                if choice.text and isinstance(choice.text, str):
                    said = (said or 0) + piece_tokens(choice.text)
            elif (tokens := tokens_said(delta)) is not None:
                said = (said or 0) + tokens
        return said

    def _shown(self, raw: bytes, chunk: _Chunk) -> bytes:
        """What the caller sees of a chunk: without the usage that only we have asked for."""
        if chunk.usage is None:
            # Inside a text the quotation marks would be escaped, so this is a member.
            return raw.replace(b',"usage":null', b"")
        return raw if chunk.choices else b""


def _chunk(data: bytes) -> _Chunk:
    try:
        return _decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _no_chunk(data) from error


def _usage(chunk: _Chunk) -> Usage | None:
    if chunk.usage is None and chunk.x_groq is None:
        return None
    return read_usage(chunk.usage) or read_usage(field(chunk.x_groq, "usage"))


def _no_chunk(data: bytes) -> UpstreamBroken:
    return UpstreamBroken(Outcome.BROKEN, f"{len(data)} bytes are no chunk of a completion")
