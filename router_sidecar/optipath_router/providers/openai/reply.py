"""Answers in OpenAI's dialect: what accounting and the commit rule need to see of them, and no more."""

from collections.abc import Iterator
from typing import Any

import msgspec

from optipath_router.chat.events import Event, Kind
from optipath_router.chat.usage import Usage
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.sse import Message, SseParser


class _InputDetails(msgspec.Struct, frozen=True):
    cached_tokens: int | None = None


class _OutputDetails(msgspec.Struct, frozen=True):
    reasoning_tokens: int | None = None


class _Usage(msgspec.Struct, frozen=True):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None


class _Something(msgspec.Struct, frozen=True):
    """An object of which it matters only that it is there. `Raw | None` would take nothing but null."""


class _Delta(msgspec.Struct, frozen=True):
    content: str | list[msgspec.Raw] | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: list[msgspec.Raw] | None = None
    function_call: _Something | None = None
    audio: _Something | None = None


class _Choice(msgspec.Struct, frozen=True):
    index: int = 0
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Groq(msgspec.Struct, frozen=True):
    usage: _Usage | None = None


class _Chunk(msgspec.Struct, frozen=True):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    x_groq: _Groq | None = None
    """Where Groq tells the usage of a stream that nobody asked to tell it."""
    error: Any = None
    """An object, or at some providers a text."""


class _Answer(msgspec.Struct, frozen=True):
    choices: list[msgspec.Raw] | None = None
    usage: _Usage | None = None
    error: Any = None


_decode_chunk = msgspec.json.Decoder(_Chunk).decode
_decode_answer = msgspec.json.Decoder(_Answer).decode


def answer_usage(body: bytes) -> Usage | None:
    """The usage in a whole answer; raises UpstreamBroken where the body is no answer."""
    try:
        answer = _decode_answer(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamBroken(Outcome.BROKEN, f"{len(body)} bytes are no chat completion") from error
    if answer.error is not None:
        raise UpstreamBroken(Outcome.BROKEN, "an error came with status 200")
    if not answer.choices:
        raise UpstreamBroken(Outcome.BROKEN, "the answer has no choices")
    return _usage(answer.usage)


class OpenAIReader:
    """Reads a stream of chat completion chunks.

    The answer is finished when each choice has said its finish_reason; the
    end mark alone proves nothing, and its absence is tolerable.
    """

    __slots__ = ("_finished", "_open", "_parser")

    def __init__(self) -> None:
        self._parser = SseParser()
        self._open: set[int] = set()
        self._finished: set[int] = set()

    @property
    def finished(self) -> bool:
        """Whether every choice that was begun has come to its end."""
        return bool(self._finished) and not self._open

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that are complete with this piece; raises UpstreamBroken when it comes to one that is none."""
        return map(self._event, self._parser.feed(chunk))

    def close(self) -> Iterator[Event]:
        """What is left when no more comes."""
        return map(self._event, self._parser.close())

    def _event(self, message: Message) -> Event:
        if not message.data:
            return Event(Kind.OPENING, message.raw)
        if message.data.strip() == b"[DONE]":
            return Event(Kind.END, message.raw)
        try:
            chunk = _decode_chunk(message.data)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise UpstreamBroken(Outcome.BROKEN, f"{len(message.data)} bytes are no chunk of a completion") from error
        usage = _usage(chunk.usage) or _usage(chunk.x_groq.usage if chunk.x_groq else None)
        if chunk.error is not None:
            return Event(Kind.ERROR, message.raw, usage)
        kind = Kind.OPENING
        for choice in chunk.choices or ():
            if choice.finish_reason:
                self._open.discard(choice.index)
                self._finished.add(choice.index)
                kind = Kind.CONTENT
            elif choice.index not in self._finished:
                self._open.add(choice.index)
            if choice.delta is not None and _says_something(choice.delta):
                kind = Kind.CONTENT
        return Event(kind, message.raw, usage)


def _says_something(delta: _Delta) -> bool:
    return bool(
        delta.content
        or delta.reasoning_content
        or delta.reasoning
        or delta.refusal
        or delta.tool_calls
        or delta.function_call is not None
        or delta.audio is not None
    )


def _usage(usage: _Usage | None) -> Usage | None:
    if usage is None or usage.prompt_tokens is None:
        return None
    return Usage(
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens or 0,
        cached_input_tokens=(usage.prompt_tokens_details or _InputDetails()).cached_tokens or 0,
        reasoning_tokens=(usage.completion_tokens_details or _OutputDetails()).reasoning_tokens or 0,
    )
