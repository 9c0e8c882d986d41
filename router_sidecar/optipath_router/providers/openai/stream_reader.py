"""A provider's streamed answer, read into neutral words. reader.py reads one that passes as it comes."""

from typing import Any

import msgspec

from optipath_router.chat.answer import ChoiceEnded, Delta, Failing, Opened, Told
from optipath_router.chat.usage import Usage
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.codec import Read
from optipath_router.providers.message_reader import MessageReader
from optipath_router.providers.openai.choice_reader import ChoiceReader
from optipath_router.providers.openai.finish import read_finish
from optipath_router.providers.openai.spoken import Spoken, searched
from optipath_router.providers.openai.usage import field, read_usage
from optipath_router.providers.sse import Message, SseParser

_NULL = msgspec.Raw(b"null")


class _Choice(msgspec.Struct, frozen=True):
    index: int | None = None
    delta: Spoken | None = None
    finish_reason: str | None = None
    logprobs: msgspec.Raw = _NULL


class _Chunk(msgspec.Struct, frozen=True):
    id: Any = None
    model: Any = None
    created: Any = None
    choices: list[_Choice] | None = None
    usage: Any = None
    x_groq: Any = None
    """Where Groq tells the usage of a stream that nobody asked to tell it."""
    citations: Any = None
    search_results: Any = None
    error: Any = None


_decode = msgspec.json.Decoder(_Chunk).decode


class OpenAIAnswerReader(MessageReader):
    """Reads a stream of chat completion chunks.

    It is finished when each choice has said its finish_reason; `[DONE]` alone
    proves nothing, and its absence is tolerable where all choices have come.
    """

    __slots__ = ("_asked", "_choices", "_ended", "_found", "_opened", "_usage")

    def __init__(self, *, choices: int = 1) -> None:
        """Take how many choices were asked for."""
        super().__init__(SseParser())
        self._asked = choices
        self._choices: dict[int, ChoiceReader] = {}
        self._found: tuple[Any, Any] = (None, None)
        self._usage: Usage | None = None
        self._opened: Opened | None = None
        self._ended = False

    @property
    def finished(self) -> bool:
        """Whether every choice has come to its end."""
        ended = sum(choice.ended for choice in self._choices.values())
        return ended == len(self._choices) and (ended >= self._asked or (self._ended and ended > 0))

    def _read(self, message: Message) -> Read:
        raw, data = message
        if not data:
            return Read(raw)
        if data.startswith(b"{"):
            return Read(raw, tuple(self._deltas(data)))
        if data.strip() == b"[DONE]":
            self._ended = True
            return Read(raw, ends=True)
        raise _no_chunk(data)

    def _deltas(self, data: bytes) -> list[Delta]:
        try:
            chunk = _decode(data)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise _no_chunk(data) from error
        if chunk.error is not None:
            return [*self._told(chunk), Failing(data)]
        deltas: list[Delta] = []
        if self._opened is None and (chunk.choices or chunk.id):
            deltas.append(self._open(chunk))
        if chunk.search_results is not None or chunk.citations is not None:
            self._found = (chunk.search_results, chunk.citations)
        for choice in chunk.choices or ():
            deltas += self._choice(choice)
        return deltas if chunk.usage is chunk.x_groq is None else [*deltas, *self._told(chunk)]

    def _open(self, chunk: _Chunk) -> Opened:
        self._opened = Opened(
            chunk.id if isinstance(chunk.id, str) else "",
            chunk.model if isinstance(chunk.model, str) else "",
            chunk.created if isinstance(chunk.created, int) else None,
        )
        return self._opened

    def _choice(self, choice: _Choice) -> list[Delta]:
        index = choice.index or 0
        reader = self._choices.get(index)
        if reader is None:
            answer_id = self._opened.id if self._opened else ""
            reader = self._choices[index] = ChoiceReader(index, answer_id)
        if reader.ended:  # some tell the finish again with the usage
            return []
        logprobs = choice.logprobs
        told = None if logprobs is _NULL or bytes(logprobs) == b"null" else logprobs
        deltas = reader.read(choice.delta, told) if choice.delta is not None else []
        if reason := choice.finish_reason:
            deltas += reader.cite(searched(*self._found))
            reader.ended = True
            deltas.append(ChoiceEnded(index, read_finish(reason), reason))
        return deltas

    def _told(self, chunk: _Chunk) -> list[Delta]:
        usage = read_usage(chunk.usage) or read_usage(field(chunk.x_groq, "usage"))
        if usage is None or usage == self._usage:
            return []
        self._usage = usage
        return [Told(usage)]


def _no_chunk(data: bytes) -> UpstreamBroken:
    return UpstreamBroken(Outcome.BROKEN, f"{len(data)} bytes are no chunk of a completion")
