"""The parts of a streamed answer while they grow.

Items may be open side by side, and providers leave events out: a part begins
with the first event that tells of it, and what only its end tells is added
then.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, Final

import msgspec

from optipath_router.chat.answer import Delta, PartBegun, PartGrown
from optipath_router.chat.conversation import Part, Reasoning, Refusal, Text, ToolCall, Wire
from optipath_router.providers.responses.read_output import CALLS, OutputItem, call, citations, name, thoughts


class StreamEvent(msgspec.Struct, frozen=True):
    """An event of a streamed answer, as far as it tells of one."""

    type: str = ""
    output_index: Any = None
    content_index: Any = None
    summary_index: Any = None
    delta: Any = None
    text: Any = None
    refusal: Any = None
    logprobs: Any = None
    annotation: Any = None
    part: Any = None
    item: msgspec.Raw = msgspec.Raw()
    response: msgspec.Raw = msgspec.Raw()


class Grows(StrEnum):
    """What grows in an item."""

    TEXT = "text"
    REFUSAL = "refusal"
    SUMMARY = "summary"
    THOUGHT = "thought"
    HIDDEN = "hidden"
    ARGUMENTS = "arguments"
    WHOLE = "whole"
    """Nothing: it comes in one piece."""


Key = tuple[Any, Grows, Any]
"""An item's index, what grows in it, and which of those it is."""

_decode_item: Final = msgspec.json.Decoder(OutputItem).decode


class StreamParts:
    """All parts of an answer, by where its events say they are."""

    __slots__ = ("_cited", "_grown", "_items", "_parts", "calls")

    def __init__(self) -> None:
        self.calls = False
        """Whether one of them is a call of the caller's tools."""
        self._items: dict[Any, OutputItem] = {}
        self._parts: dict[Key, int] = {}
        self._grown: dict[Key, int] = {}
        """By how many characters."""
        self._cited: dict[Key, int] = {}

    def __bool__(self) -> bool:
        return bool(self._parts)

    def item(self, event: StreamEvent) -> OutputItem | None:
        """The item that an event tells of, from now on known by its index."""
        if not bytes(event.item).startswith(b"{"):
            return None
        item = self._items[event.output_index] = _decode_item(event.item)
        return item

    def added(self, event: StreamEvent) -> Iterator[Delta]:
        """An item has been added."""
        item = self.item(event)
        if item is not None and item.type in CALLS:
            yield from self.begin((event.output_index, Grows.ARGUMENTS, 0))

    def begin(self, key: Key, part: Part | None = None) -> Iterator[Delta]:
        """A part begins, unless it has; as it is before anything of it was said, unless that is given."""
        if key in self._parts:
            return
        part = self._empty(key) if part is None else part
        self.calls = self.calls or isinstance(part, ToolCall)
        number = self._parts[key] = len(self._parts)
        yield PartBegun(0, number, part)

    def begin_all(self, parts: Iterable[Part]) -> Iterator[Delta]:
        """Parts that come in one piece."""
        for part in parts:
            yield from self.begin((None, Grows.WHOLE, len(self._parts)), part)

    def grow(self, key: Key, said: Any, logprobs: msgspec.Raw | None = None) -> Iterator[Delta]:
        """There is more of a part."""
        part = self._parts.get(key)
        if part is None:
            yield from self.begin(key)
            part = self._parts[key]
        if isinstance(said, str) and (said or logprobs is not None):
            self._grown[key] = self._grown.get(key, 0) + len(said)
            yield PartGrown(0, part, said, logprobs=logprobs)

    def complete(self, key: Key, said: Any) -> Iterator[Delta]:
        """All of a part's text, of which nothing may have come before, or not all."""
        if name(said) and len(said) > (come := self._grown.get(key, 0)):
            yield from self.grow(key, said[come:])

    def cite(self, key: Key, told: list[Any]) -> Iterator[Delta]:
        """More annotations of a text."""
        for citation in citations(told):
            yield from self.begin(key)
            self._cited[key] = self._cited.get(key, 0) + 1
            yield PartGrown(0, self._parts[key], citation=citation)

    def text_done(self, index: Any, content: Any, told: dict[str, Any]) -> Iterator[Delta]:
        """A text is complete: what it has that was not told while it grew."""
        key = (index, Grows.TEXT, content)
        yield from self.complete(key, told.get("text"))
        annotations = told.get("annotations")
        if isinstance(annotations, list):
            yield from self.cite(key, annotations[self._cited.get(key, 0) :])

    def thought_done(self, index: Any, item: OutputItem) -> Iterator[Delta]:
        """A thought is complete: what is hidden of it is told now, or its id alone where there is nothing else."""
        begun = {key[1:] for key in self._parts if key[0] == index}
        counts = {Grows.SUMMARY: 0, Grows.THOUGHT: 0}
        for part in thoughts(item):
            if part.text:
                grows = Grows.SUMMARY if part.summary else Grows.THOUGHT
                if (grows, counts[grows]) not in begun:
                    yield from self.begin((index, grows, counts[grows]), part)
                counts[grows] += 1
            elif part.hidden or not begun:
                yield from self.begin((index, Grows.HIDDEN, 0), part)

    def message_done(self, index: Any, item: OutputItem) -> Iterator[Delta]:
        """A message is complete."""
        for content, told in enumerate(item.content if isinstance(item.content, list) else ()):
            if isinstance(told, dict) and told.get("type") == "refusal":
                yield from self.complete((index, Grows.REFUSAL, content), told.get("refusal"))
            elif isinstance(told, dict):
                yield from self.text_done(index, content, told)

    def call_done(self, index: Any, item: OutputItem) -> Iterator[Delta]:
        """A tool call is complete."""
        key = (index, Grows.ARGUMENTS, 0)
        yield from self.begin(key)
        yield from self.complete(key, call(item).arguments)

    def _empty(self, key: Key) -> Part:
        """A part as it is before anything of it was said."""
        item = self._items.get(key[0]) or OutputItem()
        match key[1]:
            case Grows.TEXT | Grows.WHOLE:
                return Text("", item=name(item.id), phase=name(item.phase))
            case Grows.REFUSAL:
                return Refusal("", item=name(item.id))
            case Grows.ARGUMENTS:
                return msgspec.structs.replace(call(item), arguments="")
            case Grows.SUMMARY | Grows.THOUGHT | Grows.HIDDEN as grows:
                return Reasoning(id=name(item.id), summary=grows is Grows.SUMMARY, wire=Wire.RESPONSES)
