"""One choice of a streamed answer: which of its parts are open, and what a delta adds to them."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from optipath_router.chat.answer import Delta, PartBegun, PartGrown
from optipath_router.chat.conversation import Citation, Part, Reasoning, Refusal, Text
from optipath_router.providers.openai.spoken import (
    Spoken,
    citations,
    made_id,
    pieces,
    read_audio,
    read_call,
    read_images,
    word,
    words,
)
from optipath_router.providers.openai.thoughts import Detail, listed_thought, proved, read_details
from optipath_router.providers.openai.usage import field

_LISTED: Final = -1
"""The place of a thought that stands in a content's list."""
_TOKEN: Final = b'"token"'
"""What is in log-probabilities that tell any."""


class _Call:
    """A tool call that is open."""

    __slots__ = ("call_id", "part")

    def __init__(self, call_id: str, part: int) -> None:
        self.call_id, self.part = call_id, part


class _Thought:
    """A thought that is open: how it began, with its proof once it has one, and its place among the details."""

    __slots__ = ("index", "part", "thought")

    def __init__(self, part: int, thought: Reasoning, index: int | None) -> None:
        self.part, self.thought, self.index = part, thought, index

    @property
    def closed(self) -> bool:
        """Whether it has its proof."""
        return self.thought.signature is not None or self.thought.hidden is not None


class ChoiceReader:
    """Reads the deltas of one choice. Each kind of part is open once; tool calls are, by their index."""

    __slots__ = (
        "_answer_id",
        "_audio",
        "_calls",
        "_cited",
        "_count",
        "_index",
        "_refusal",
        "_text",
        "_thought",
        "ended",
    )

    def __init__(self, index: int, answer_id: str) -> None:
        self._index, self._answer_id = index, answer_id
        self._count = 0
        self._text: int | None = None
        self._refusal: int | None = None
        self._audio: int | None = None
        self._thought: _Thought | None = None
        self._calls: dict[int, _Call] = {}
        self._cited: set[Citation] = set()
        self.ended = False

    def read(self, delta: Spoken, logprobs: msgspec.Raw | None) -> list[Delta]:
        """What a delta adds."""
        content, text = delta.content, self._text
        if type(content) is str and content and text is not None and logprobs is None and _says_no_more(delta):
            return [PartGrown(self._index, text, content)]  # nearly all of them
        deltas: list[Delta] = []
        if not delta.reasoning_details is delta.reasoning_content is delta.reasoning is None:
            deltas += self._thoughts(delta)
        if isinstance(content, str) and content:
            deltas += self._said(content)
        elif isinstance(content, list):
            deltas += self._listed(content)
        if not delta.annotations is delta.refusal is delta.audio is delta.images is None:
            deltas += self._beside(delta)
        if isinstance(delta.tool_calls, list):
            for told in delta.tool_calls:
                deltas += self._called(told)
        if delta.function_call is not None:
            deltas += self._called({"index": 0, "function": delta.function_call})
        return deltas if logprobs is None else self._with_logprobs(deltas, logprobs)

    def _beside(self, delta: Spoken) -> list[Delta]:
        """What a delta says beside words and calls."""
        deltas = self.cite(citations(delta.annotations))
        if isinstance(delta.refusal, str) and delta.refusal:
            deltas += self._refused(delta.refusal)
        if delta.audio is not None:
            deltas += self._heard(delta.audio)
        return [*deltas, *map(self._begin, read_images(delta.images))]

    def cite(self, cited: Iterable[Citation]) -> list[Delta]:
        """Citations of the text that have not been told before."""
        deltas: list[Delta] = []
        for citation in cited:
            if citation in self._cited:
                continue
            self._cited.add(citation)
            if self._text is None:
                deltas.append(self._begin_text(""))
            assert self._text is not None  # noqa: S101  it has just begun
            deltas.append(PartGrown(self._index, self._text, citation=citation))
        return deltas

    def _begin(self, part: Part) -> PartBegun:
        begun = PartBegun(self._index, self._count, part)
        self._count += 1
        return begun

    def _begin_text(self, text: str) -> PartBegun:
        self._text = self._count
        if self._thought is not None and self._thought.index == _LISTED:
            self._thought = None
        return self._begin(Text(text))

    def _said(self, text: str) -> list[Delta]:
        return [self._begin_text(text) if self._text is None else PartGrown(self._index, self._text, text)]

    def _with_logprobs(self, deltas: list[Delta], logprobs: msgspec.Raw) -> list[Delta]:
        """The same with the probabilities of what the last of them says."""
        if not deltas and _TOKEN not in bytes(logprobs):
            return []
        if not deltas:  # a token may be a part of a character
            deltas = self._said("")
        last = deltas[-1]
        if isinstance(last, PartGrown):
            return [*deltas[:-1], msgspec.structs.replace(last, logprobs=logprobs.copy())]
        assert isinstance(last, PartBegun)  # noqa: S101  there is nothing else
        return [*deltas, PartGrown(self._index, last.part, logprobs=logprobs.copy())]

    def _refused(self, text: str) -> list[Delta]:
        if self._refusal is not None:
            return [PartGrown(self._index, self._refusal, text)]
        self._refusal = self._count
        return [self._begin(Refusal(text))]

    def _heard(self, told: Any) -> list[Delta]:
        audio = read_audio(told)
        if audio is None:
            return []
        if self._audio is None:
            self._audio = self._count
            return [self._begin(audio)]
        if audio.data is None and audio.transcript is None:
            return []
        return [PartGrown(self._index, self._audio, audio.transcript or "", audio.data or "")]

    def _listed(self, content: list[Any]) -> list[Delta]:
        """A content that is a list: a text after a thought is one of its own, as it is in a whole answer."""
        deltas: list[Delta] = []
        for piece in pieces(content):
            if piece.thinking:
                self._text = None
                if piece.text or piece.signature:
                    deltas += self._thinking(Detail(listed_thought(piece.text, piece.signature), _LISTED))
            else:
                deltas += self._said(piece.text)
        return deltas

    def _thoughts(self, delta: Spoken) -> list[Delta]:
        deltas: list[Delta] = []
        told = False
        for detail in read_details(delta.reasoning_details):
            if not detail.empty:
                told = told or bool(detail.thought.text)
                deltas += self._thinking(detail)
        plain = delta.reasoning_content or delta.reasoning
        if told or not isinstance(plain, str) or not plain:
            return deltas
        if self._thought is None or self._thought.closed:
            return [*self._thinking(Detail(Reasoning(plain))), *deltas]
        return [PartGrown(self._index, self._thought.part, plain), *deltas]

    def _thinking(self, detail: Detail) -> list[Delta]:
        """A thought, or more of the one that is open."""
        more, open_ = detail.thought, self._thought
        if open_ is None or not detail.goes_on(open_.thought, open_.index):
            self._thought = _Thought(self._count, more, detail.index)
            return [self._begin(more)]
        open_.thought = proved(open_.thought, more)
        return [PartGrown(self._index, open_.part, more.text, signature=more.signature, hidden=more.hidden)]

    def _called(self, told: Any) -> list[Delta]:
        """A tool call, or more of one: a new index is a new call, and so is a new id with a name."""
        given = field(told, "index")
        index = given if isinstance(given, int) else max(self._calls, default=0)
        call = self._calls.get(index)
        told_id = word(told, "id")
        if call is None or (told_id and told_id != call.call_id and _names(told)):
            begun = read_call(told, made_id(self._answer_id, self._index, len(self._calls)))
            if begun is None:
                return []
            self._calls[index] = _Call(begun.id, self._count)
            return [self._begin(begun)]
        custom, function = field(told, "custom"), field(told, "function")
        more = words(field(function, "arguments") if custom is None else field(custom, "input"))
        return [PartGrown(self._index, call.part, more)] if more else []


def _names(told: Any) -> bool:
    return bool(word(field(told, "function"), "name") or word(field(told, "custom"), "name"))


def _says_no_more(delta: Spoken) -> bool:
    """Whether a delta says nothing but its content."""
    return (
        delta.tool_calls
        is delta.reasoning
        is delta.reasoning_content
        is delta.reasoning_details
        is delta.refusal
        is delta.annotations
        is delta.function_call
        is delta.audio
        is delta.images
        is None
    )
