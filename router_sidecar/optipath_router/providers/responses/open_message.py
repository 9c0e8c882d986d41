"""A message that is being streamed."""

from collections.abc import Iterator
from typing import Any

from optipath_router.chat.answer import PartGrown
from optipath_router.chat.conversation import Citation, Refusal, Text
from optipath_router.providers.responses import output_items
from optipath_router.providers.responses.citations import annotation
from optipath_router.providers.responses.logprobs import write_logprobs
from optipath_router.providers.responses.output_items import Event


class _Content:
    """A text of a message."""

    __slots__ = ("cited", "logprobs", "said", "texts", "unplaced")

    def __init__(self, said: Text | Refusal) -> None:
        self.said = said
        self.texts: list[str] = []
        self.cited: list[Citation] = []
        self.unplaced: list[Citation] = []
        """Citations of a whole text, which are told when it is whole."""
        self.logprobs: list[dict[str, Any]] = []


class OpenMessage:
    """A message."""

    __slots__ = ("_contents", "_first", "name")

    def __init__(self, name: str, first: Text | Refusal) -> None:
        self.name, self._first = name, first
        self._contents: list[_Content] = []

    @property
    def item(self) -> dict[str, Any]:
        """The message without its content."""
        return {**output_items.message([self._first], self.name, "in_progress"), "content": []}

    @property
    def size(self) -> int:
        """How many texts have begun."""
        return len(self._contents)

    def takes(self, part: Text | Refusal) -> bool:
        """Whether a text belongs to the same message."""
        return part.item == self._first.item

    def begin(self, part: Text | Refusal) -> Iterator[Event]:
        """A text of it begins."""
        number = len(self._contents)
        self._contents.append(_Content(part))
        empty = output_items.refusal("") if isinstance(part, Refusal) else output_items.output_text("", [], [])
        yield "response.content_part.added", {"content_index": number, "part": empty}
        if part.text:
            yield from self.grow(number, PartGrown(0, 0, part.text))
        for citation in part.citations if isinstance(part, Text) else ():
            yield from self.grow(number, PartGrown(0, 0, citation=citation))

    def grow(self, number: int, grown: PartGrown) -> Iterator[Event]:
        """A text of it grows, or is cited."""
        content = self._contents[number]
        if grown.text or grown.logprobs is not None:
            content.texts.append(grown.text)
            if isinstance(content.said, Refusal):
                yield "response.refusal.delta", {"content_index": number, "delta": grown.text}
            else:
                logprobs = write_logprobs(grown.logprobs)
                content.logprobs += logprobs
                told = {"content_index": number, "delta": grown.text, "logprobs": logprobs}
                yield "response.output_text.delta", told
        if grown.citation is not None:
            if grown.citation.end is None:
                content.unplaced.append(grown.citation)
            else:
                yield from _cite(content, number, grown.citation, 0)

    def whole(self, status: str) -> tuple[dict[str, Any], list[Event]]:
        """The message with all its content."""
        events: list[Event] = []
        parts: list[dict[str, Any]] = []
        for number, content in enumerate(self._contents):
            text = "".join(content.texts)
            for citation in content.unplaced:
                events += _cite(content, number, citation, len(text))
            if isinstance(content.said, Refusal):
                part = output_items.refusal(text)
                events.append(("response.refusal.done", {"content_index": number, "refusal": text}))
            else:
                cited = [said for each in content.cited if (said := annotation(each, len(text)))]
                part = output_items.output_text(text, cited, content.logprobs)
                told = {"content_index": number, "text": text, "logprobs": content.logprobs}
                events.append(("response.output_text.done", told))
            events.append(("response.content_part.done", {"content_index": number, "part": part}))
            parts.append(part)
        return {**self.item, "status": status, "content": parts}, events


def _cite(content: _Content, number: int, citation: Citation, length: int) -> Iterator[Event]:
    said = annotation(citation, length)
    if said is not None:
        told = {"content_index": number, "annotation_index": len(content.cited), "annotation": said}
        content.cited.append(citation)
        yield "response.output_text.annotation.added", told
