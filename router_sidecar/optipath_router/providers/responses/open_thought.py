"""A reasoning item that is being streamed."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from optipath_router.chat.answer import PartGrown
from optipath_router.chat.conversation import Reasoning
from optipath_router.providers.responses import output_items
from optipath_router.providers.responses.output_items import Event
from optipath_router.providers.responses.thoughts import one_item


class _Thought:
    """One part of what the model thought."""

    __slots__ = ("index", "said", "texts")

    def __init__(self, said: Reasoning) -> None:
        self.said = said
        self.texts: list[str] = []
        self.index: int | None = None
        """Which of the item's summaries or texts it is, once it says something."""

    def whole(self) -> Reasoning:
        """The thought with all that was said of it."""
        return replace(self.said, text="".join(self.texts))


class OpenThought:
    """A reasoning item."""

    __slots__ = ("_thoughts", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._thoughts: list[_Thought] = []

    @property
    def item(self) -> dict[str, Any]:
        """The item without what was thought."""
        return {"id": self.name, "type": "reasoning", "summary": []}

    @property
    def size(self) -> int:
        """How many thoughts have begun."""
        return len(self._thoughts)

    def takes(self, part: Reasoning) -> bool:
        """Whether a thought stands in the same item."""
        return one_item(self._thoughts[-1].said, _spoken(part))

    def begin(self, part: Reasoning) -> Iterator[Event]:
        """A thought begins."""
        number = len(self._thoughts)
        self._thoughts.append(_Thought(part))
        return self.grow(number, PartGrown(0, 0, part.text))

    def grow(self, number: int, grown: PartGrown) -> Iterator[Event]:
        """There is more of a thought."""
        thought = self._thoughts[number]
        if grown.signature:
            thought.said = replace(thought.said, signature=grown.signature)
        if not grown.text:
            return
        summary = thought.said.summary
        if thought.index is None:
            thought.index = sum(
                each.index is not None and each.said.summary == summary for each in self._thoughts[:number]
            )
            yield _thought_event(thought, "part.added", part=_thought_part(thought, ""))
        thought.texts.append(grown.text)
        yield _thought_event(thought, "text.delta", delta=grown.text)

    def whole(self) -> tuple[dict[str, Any], list[Event]]:
        """The item with all that was thought; it has no status, for only the one who wrote it could go on with it."""
        events = []
        for thought in self._thoughts:
            if thought.index is not None:
                text = "".join(thought.texts)
                events.append(_thought_event(thought, "text.done", text=text))
                events.append(_thought_event(thought, "part.done", part=_thought_part(thought, text)))
        return output_items.reasoning([each.whole() for each in self._thoughts], self.name), events


def _spoken(part: Reasoning) -> Reasoning:
    """A thought that begins, taken for one that will have said something."""
    return part if part.text or part.hidden else replace(part, text=" ")


def _thought_part(thought: _Thought, text: str) -> dict[str, Any]:
    return {"type": "summary_text" if thought.said.summary else "reasoning_text", "text": text}


def _thought_event(thought: _Thought, what: str, **members: Any) -> Event:
    """An event of a summary, or of a text that is none, which go by other names."""
    if thought.said.summary:
        return f"response.reasoning_summary_{what}", {"summary_index": thought.index, **members}
    kind = "content" if what.startswith("part") else "reasoning"
    return f"response.{kind}_{what}", {"content_index": thought.index, **members}
