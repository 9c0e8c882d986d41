"""Answers in OpenAI's dialect: what accounting and the commit rule need to see of them, and no more."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import msgspec

from optipath_router.chat.events import Event, Kind
from optipath_router.chat.usage import Usage
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.sse import Message, SseParser

# Of what is only looked at the shape is not ours to judge: an odd field must not cost the caller a good answer.
_Odd = Any
_MOST_TOKENS: Final = 2**53


class _Delta(msgspec.Struct, frozen=True):
    content: _Odd = None
    reasoning_content: _Odd = None
    reasoning: _Odd = None
    refusal: _Odd = None
    tool_calls: _Odd = None
    function_call: _Odd = None
    audio: _Odd = None


class _Choice(msgspec.Struct, frozen=True):
    index: int | None = None
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Chunk(msgspec.Struct, frozen=True):
    choices: list[_Choice] | None = None
    usage: _Odd = None
    x_groq: _Odd = None
    """Where Groq tells the usage of a stream that nobody asked to tell it."""
    error: _Odd = None
    """An object, or at some providers a text."""


class _Answer(msgspec.Struct, frozen=True):
    choices: list[msgspec.Raw] | None = None
    usage: _Odd = None
    error: _Odd = None


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
        # A blank line is missing after it, without which no reader would take it for an event.
        return (replace(self._event(message), raw=message.raw + b"\n\n") for message in self._parser.close())

    def _event(self, message: Message) -> Event:
        if not message.data:
            return Event(Kind.OPENING, message.raw)
        if message.data.strip() == b"[DONE]":
            return Event(Kind.END, message.raw)
        try:
            chunk = _decode_chunk(message.data)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise UpstreamBroken(Outcome.BROKEN, f"{len(message.data)} bytes are no chunk of a completion") from error
        usage = _usage(chunk.usage) or _usage(_field(chunk.x_groq, "usage"))
        if chunk.error is not None:
            return Event(Kind.ERROR, message.raw, usage)
        kind = Kind.OPENING
        for choice in chunk.choices or ():
            index = choice.index or 0
            if choice.finish_reason:
                self._open.discard(index)
                self._finished.add(index)
                kind = Kind.CONTENT
            elif index not in self._finished:
                self._open.add(index)
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


def _usage(usage: _Odd) -> Usage | None:
    """The usage in what a provider says of it; None where it does not say how much the input was."""
    given = _count(_field(usage, "prompt_tokens"))
    if given is None:
        return None
    return Usage(
        input_tokens=given,
        output_tokens=_count(_field(usage, "completion_tokens")) or 0,
        cached_input_tokens=_count(_field(_field(usage, "prompt_tokens_details"), "cached_tokens")) or 0,
        reasoning_tokens=_count(_field(_field(usage, "completion_tokens_details"), "reasoning_tokens")) or 0,
    )


def _field(value: _Odd, name: str) -> _Odd:
    return value.get(name) if isinstance(value, dict) else None


def _count(value: _Odd) -> int | None:
    """A number of tokens; None where it can be none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS else None
