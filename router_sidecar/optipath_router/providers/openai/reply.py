"""Answers in OpenAI's dialect: what accounting and the commit rule need to see of them, and no more."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from optipath_router.chat.events import Event, Kind
from optipath_router.chat.tokens import piece_tokens, whole_tokens
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


class _WholeChoice(msgspec.Struct, frozen=True):
    message: _Delta | None = None


class _Answer(msgspec.Struct, frozen=True):
    choices: list[msgspec.Raw] | None = None
    usage: _Odd = None
    error: _Odd = None


_decode_chunk = msgspec.json.Decoder(_Chunk).decode
_decode_answer = msgspec.json.Decoder(_Answer).decode
_decode_choice = msgspec.json.Decoder(_WholeChoice).decode


def read_answer(body: bytes) -> tuple[Usage | None, int]:
    """The usage in a whole answer, and where there is none, an estimate of the tokens that it says.

    Raises UpstreamBroken where the body is no answer.
    """
    try:
        answer = _decode_answer(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamBroken(Outcome.BROKEN, f"{len(body)} bytes are no chat completion") from error
    if answer.error is not None:
        raise UpstreamBroken(Outcome.BROKEN, "an error came with status 200")
    if not answer.choices:
        raise UpstreamBroken(Outcome.BROKEN, "the answer has no choices")
    usage = _usage(answer.usage)
    return usage, 0 if usage else sum(map(_said_whole, answer.choices))


def _said_whole(choice: msgspec.Raw) -> int:
    try:
        return whole_tokens(_texts(_decode_choice(choice).message))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return 0


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
        """What messages mean. Those that came together and mean the same are one event, up to what goes wrong."""
        together = _Together()
        try:
            for raw, data in messages:
                if not data:
                    together.add(raw)
                elif data.startswith(b"{"):
                    chunk = self._chunk(data)
                    usage = _usage(chunk.usage) or _usage(_field(chunk.x_groq, "usage"))
                    if chunk.error is not None:
                        yield from together.taken()
                        yield Event(Kind.ERROR, raw, usage)
                    else:
                        content, tokens = self._said(chunk)
                        together.add(self._shown(raw, chunk), content=content, tokens=tokens, usage=usage)
                elif data.strip() == b"[DONE]":
                    yield from together.taken()
                    self._ended = True
                    yield Event(Kind.END, raw)
                else:
                    raise _no_chunk(data)
        except UpstreamBroken:
            yield from together.taken()
            raise
        yield from together.taken()

    def _chunk(self, data: bytes) -> "_Chunk":
        try:
            return _decode_chunk(data)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise _no_chunk(data) from error

    def _said(self, chunk: "_Chunk") -> tuple[bool, int]:
        """Whether there is content in a chunk, and about how many tokens of it."""
        content, tokens = False, 0
        for choice in chunk.choices or ():
            index = choice.index or 0
            if choice.finish_reason:
                self._open.discard(index)
                self._finished.add(index)
                content = True
            elif index not in self._finished:
                self._open.add(index)
            if choice.delta is not None and _says_something(choice.delta):
                content = True
                tokens += piece_tokens(_texts(choice.delta))
        return content, tokens

    def _shown(self, raw: bytes, chunk: "_Chunk") -> bytes:
        """What the caller sees of a chunk: without the usage that only we have asked for."""
        if not self._hides_usage:
            return raw
        if chunk.usage is None:
            # Inside a text the quotation marks would be escaped, so this is a member.
            return raw.replace(b',"usage":null', b"")
        return raw if chunk.choices else b""


class _Together:
    """Messages of one piece, collected into one event."""

    __slots__ = ("_kind", "_raws", "_tokens", "_usage")

    def __init__(self) -> None:
        self._raws: list[bytes] = []
        self._kind, self._tokens = Kind.OPENING, 0
        self._usage: Usage | None = None

    def add(self, raw: bytes, *, content: bool = False, tokens: int = 0, usage: Usage | None = None) -> None:
        self._raws.append(raw)
        if content:
            self._kind = Kind.CONTENT
            self._tokens += tokens
        if usage is not None:
            self._usage = usage

    def taken(self) -> Iterator[Event]:
        """The event, if there is one; collecting begins anew."""
        if self._raws:
            event = Event(self._kind, b"".join(self._raws), self._usage, self._tokens)
            self._raws.clear()
            self._kind, self._tokens, self._usage = Kind.OPENING, 0, None
            yield event


def _no_chunk(data: bytes) -> UpstreamBroken:
    return UpstreamBroken(Outcome.BROKEN, f"{len(data)} bytes are no chunk of a completion")


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


def _texts(said: "_Delta | None") -> Iterator[str]:
    """Everything in a delta, or in a message, that is made of tokens."""
    if said is None:
        return
    for text in (said.content, said.reasoning_content, said.reasoning, said.refusal):
        if isinstance(text, str):
            yield text
    for call in said.tool_calls if isinstance(said.tool_calls, list) else ():
        for field in ("name", "arguments"):
            if isinstance(text := _field(_field(call, "function"), field), str):
                yield text


def _usage(usage: _Odd) -> Usage | None:
    """The usage in what a provider says of it; None where it does not say how much the input was."""
    given = _count(_field(usage, "prompt_tokens"))
    if given is None:
        return None
    heard, said = _field(usage, "prompt_tokens_details"), _field(usage, "completion_tokens_details")
    made, thought = _count(_field(usage, "completion_tokens")) or 0, _count(_field(said, "reasoning_tokens")) or 0
    if _field(usage, "total_tokens") == given + made + thought:
        made += thought  # xAI leaves the reasoning out of the completion, and its total shows it
    return Usage(
        input_tokens=given,
        output_tokens=made,
        cached_input_tokens=_count(_field(heard, "cached_tokens")) or 0,
        reasoning_tokens=thought,
        cache_write_tokens=_count(_field(heard, "cache_write_tokens")) or 0,
        audio_input_tokens=_count(_field(heard, "audio_tokens")) or 0,
        audio_output_tokens=_count(_field(said, "audio_tokens")) or 0,
    )


def _field(value: _Odd, name: str) -> _Odd:
    return value.get(name) if isinstance(value, dict) else None


def _count(value: _Odd) -> int | None:
    """A number of tokens; None where it can be none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS else None
