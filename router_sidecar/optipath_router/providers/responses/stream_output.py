"""The output of a streamed answer: which items are open, and which are done.

A thought or a message is done when another item begins; should there be more
of it later, that is an item of its own. Tool calls stay open to the end: their
arguments may come side by side, and cannot be said in two items.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from optipath_router.chat.answer import PartGrown
from optipath_router.chat.conversation import Hosted, Image, Part, Reasoning, Refusal, Text, ToolCall
from optipath_router.providers.responses import output_items
from optipath_router.providers.responses.finish import COMPLETED
from optipath_router.providers.responses.names import Names
from optipath_router.providers.responses.open_call import OpenCall
from optipath_router.providers.responses.open_message import OpenMessage
from optipath_router.providers.responses.open_thought import OpenThought
from optipath_router.providers.responses.output_items import Event

OpenItem = OpenMessage | OpenThought | OpenCall

Placed = tuple[int, Event]
"""An event, and the index of the item that it tells of."""


class StreamOutput:
    """The items of one answer."""

    __slots__ = ("_names", "_open", "_parts", "_places", "_saying", "items")

    def __init__(self, names: Names) -> None:
        self._names = names
        self.items: list[dict[str, Any]] = []
        """As they are when done, or else as they were added."""
        self._open: dict[int, OpenItem] = {}
        self._saying: int | None = None
        """The index of the one open item that is no call."""
        self._parts: dict[int, Part] = {}
        """As they began."""
        self._places: dict[int, tuple[int, int]] = {}
        """Where a part stands: the index of its item, and its number there."""

    @property
    def refuses(self) -> bool:
        """Whether the model says in so many words that it will not answer."""
        return any(isinstance(part, Refusal) for part in self._parts.values())

    def begin(self, number: int, part: Part) -> Iterator[Placed]:
        """A part begins, in the item that was added last or in one of its own."""
        self._parts[number] = part
        index = len(self.items) - 1
        match part, self._open.get(index):
            case ((Text() | Refusal()), OpenMessage() as message) if message.takes(part):
                yield from self._place(number, index, message.size, message.begin(part))
            case Reasoning(), OpenThought() as thought if thought.takes(part):
                yield from self._place(number, index, thought.size, thought.begin(part))
            case _:
                if self._saying is not None:
                    yield from self._close([self._saying])
                yield from self._begin_item(number, part)

    def grow(self, grown: PartGrown) -> Iterator[Placed]:
        """There is more of a part; nothing, where it could not be said from the begin."""
        place = self._places.get(grown.part)
        if place is None:
            return
        if place[0] not in self._open:
            yield from self.begin(grown.part, _more_of(self._parts[grown.part]))
            place = self._places[grown.part]
        index, number = place
        item = self._open[index]
        for event in item.grow(grown) if isinstance(item, OpenCall) else item.grow(number, grown):
            yield index, event

    def end(self, status: str) -> Iterator[Placed]:
        """All items are done; the last one with this status."""
        last = len(self.items) - 1
        calls = [each.call for each in self._open.values() if isinstance(each, OpenCall) and each.unsigned]
        yield from self._close(sorted(self._open), last=last, status=status)
        for call in calls:
            yield from self._carry(call)

    def _begin_item(self, number: int, part: Part) -> Iterator[Placed]:
        """A part begins that is the first of an item."""
        names, index = self._names, len(self.items)
        match part:
            case Text() | Refusal():
                message = OpenMessage(names.item(output_items.MESSAGE, index, part.item), part)
                yield self._add(message)
                yield from self._place(number, index, 0, message.begin(part))
            case Reasoning():
                thought = OpenThought(names.item(output_items.THOUGHT, index, output_items.told_id(part)))
                yield self._add(thought)
                yield from self._place(number, index, 0, thought.begin(part))
            case ToolCall():
                if part.signature:
                    yield from self._carry(part)
                    index += 1
                prefix = output_items.CUSTOM_CALL if part.custom else output_items.CALL
                call = OpenCall(names.item(prefix, index, part.item), part)
                yield self._add(call)
                yield from self._place(number, index, 0, call.begin(part))
            case Image():
                yield from self._tell(output_items.image(part, names.item(output_items.IMAGE, index)))
            case Hosted(raw=raw):
                yield from self._tell(msgspec.json.decode(raw, type=dict[str, msgspec.Raw]))
            case _:
                raise TypeError(f"{type(part).__name__} is no part of an answer")

    def _place(self, number: int, index: int, within: int, events: Iterator[Event]) -> Iterator[Placed]:
        """Remember where a part stands, and what there is of it."""
        self._places[number] = index, within
        for event in events:
            yield index, event

    def _carry(self, call: ToolCall) -> Iterator[Placed]:
        """The item that carries a call's signature."""
        name = self._names.item(output_items.THOUGHT, len(self.items))
        return self._tell(output_items.signature(call, name))

    def _tell(self, item: dict[str, Any]) -> Iterator[Placed]:
        """An item that comes in one piece."""
        index = len(self.items)
        self.items.append(item)
        yield index, ("response.output_item.added", {"item": item})
        yield index, ("response.output_item.done", {"item": item})

    def _add(self, item: OpenItem) -> Placed:
        index = len(self.items)
        self.items.append(item.item)
        self._open[index] = item
        if not isinstance(item, OpenCall):
            self._saying = index
        return index, ("response.output_item.added", {"item": item.item})

    def _close(self, indexes: list[int], *, last: int | None = None, status: str = COMPLETED) -> Iterator[Placed]:
        for index in indexes:
            item = self._open.pop(index)
            if index == self._saying:
                self._saying = None
            ending = status if index == last else COMPLETED
            self.items[index], events = item.whole() if isinstance(item, OpenThought) else item.whole(ending)
            for event in events:
                yield index, event
            yield index, ("response.output_item.done", {"item": self.items[index]})


def _more_of(part: Part) -> Part:
    """What begins anew of a part whose item is done."""
    match part:
        case Text():
            return Text("", phase=part.phase)
        case Refusal():
            return Refusal("")
        case Reasoning():
            return replace(part, text="", hidden=None, id=None)
        case _:
            return part
