"""What of an answer waits while a tool call is being written, and when it need not any more."""

from typing import Final

import msgspec

from optipath_router.chat.answer import HostedTold, PartBegun, PartGrown
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.anthropic.call_arguments import CallArguments

MAX_WAITING: Final = 1024 * 1024
"""Characters of what waits."""

Waiting = PartBegun | PartGrown | HostedTold


def part_of(delta: Waiting) -> int | None:
    """The number of the part that a delta tells of."""
    return None if isinstance(delta, HostedTold) else delta.part


class WaitingParts:
    """Keeps what waits, with the arguments of the call that is being written."""

    __slots__ = ("_arguments", "_held", "_size")

    def __init__(self) -> None:
        self._held: list[Waiting] = []
        self._size = 0
        self._arguments = CallArguments()

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return bool(self._held)

    def begin(self) -> None:
        """Note that a call begins."""
        self._arguments = CallArguments()

    def written(self, text: str) -> None:
        """Note more of the call's arguments."""
        self._arguments.add(text)

    @property
    def may_go(self) -> bool:
        """Whether the call's arguments are complete."""
        return self._arguments.complete

    def add(self, delta: Waiting) -> None:
        """Let a delta wait; raises UpstreamBroken where too much does."""
        self._size += _size(delta)
        if self._size > MAX_WAITING:
            raise UpstreamBroken(Outcome.BROKEN, f"more than {MAX_WAITING} characters wait for a tool call's end")
        self._held.append(delta)

    def take(self) -> list[Waiting]:
        """All that waits, part by part, those that began first before the others."""
        held, self._held, self._size = self._held, [], 0
        order: dict[int, list[Waiting]] = {}
        for at, delta in enumerate(held):
            order.setdefault(-1 - at if isinstance(delta, HostedTold) else delta.part, []).append(delta)
        return [delta for together in order.values() for delta in together]


def _size(delta: Waiting) -> int:
    match delta:
        case HostedTold(hosted=hosted):
            return len(hosted.raw)
        case PartGrown(text=text):
            return len(text) + 1
        case PartBegun():
            return len(msgspec.json.encode(delta))
