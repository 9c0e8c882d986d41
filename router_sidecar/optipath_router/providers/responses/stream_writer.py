"""A streamed answer, as a caller who asked for a response reads it.

response.created, in_progress
    output_item.added ─▶ content_part.added ─▶ …delta ─▶ …done ─▶ output_item.done
response.completed, or incomplete
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from optipath_router.chat.answer import ChoiceEnded, Delta, Finish, Opened, PartBegun, PartGrown, Told
from optipath_router.chat.chat import Chat
from optipath_router.chat.usage import Usage
from optipath_router.errors import Code
from optipath_router.providers.responses.faults import error_event
from optipath_router.providers.responses.finish import Status, write_finish
from optipath_router.providers.responses.stream_output import Placed, StreamOutput
from optipath_router.providers.responses.write_answer import said
from optipath_router.providers.responses.write_response import IN_PROGRESS, ResponseFrame

_encode: Final = msgspec.json.Encoder().encode
_FAILED: Final = Status("failed", None)
_OF_ITEM: Final = "response.output_item."


class StreamWriter:
    """Writes one streamed answer: its first choice, for nobody can ask for more in these words."""

    __slots__ = ("_chat", "_finish", "_frame", "_output", "_sequence", "_tells_usage", "_usage")

    def __init__(self, chat: Chat, *, tells_usage: bool) -> None:
        self._chat, self._tells_usage = chat, tells_usage
        self._open(Opened())
        self._usage: Usage | None = None
        self._finish = Finish.OTHER
        self._sequence = 0

    def write(self, delta: Delta) -> bytes:
        """The events that say a delta; empty where the format has none for it."""
        match delta:
            case Opened():
                return self._created(delta)
            case PartBegun(choice=0, part=number, what=what) if (part := said(what)) is not None:
                return self._begun() + self._events(self._output.begin(number, part))
            case PartGrown(choice=0):
                return self._events(self._output.grow(delta))
            case ChoiceEnded(choice=0, finish=finish):
                self._finish = finish
                return self._begun() + self._events(self._output.end(self._status().status))
            case Told(usage=usage):
                self._usage = usage
        return b""

    def end(self) -> bytes:
        """The whole response, completed or not."""
        status, usage = self._status(), self._usage if self._tells_usage else None
        closing = self._begun() + self._events(self._output.end(status.status))
        response = self._frame.response(status, self._output.items, usage=usage)
        return closing + self._event(f"response.{status.status}", {"response": response})

    def broken_off(self, message: str) -> bytes:
        """What tells the caller that the answer will not be finished: as the API does, and so that an SDK raises."""
        failure = {"code": "server_error", "message": message}
        response = self._frame.response(_FAILED, self._output.items, error=failure)
        failed = self._begun() + self._event("response.failed", {"response": response})
        return failed + error_event(Code.ALL_ATTEMPTS_FAILED, message, self._sequence)

    def _open(self, opened: Opened) -> None:
        self._frame = ResponseFrame(self._chat, answer=opened.id, model=opened.model, created=opened.created)
        self._output = StreamOutput(self._frame.names)

    def _created(self, opened: Opened) -> bytes:
        """The begin of the answer, of which there is one."""
        if self._sequence:
            return b""
        self._open(opened)
        self._usage = opened.usage
        return self._begun()

    def _begun(self) -> bytes:
        """The events that come before all else, where they have not."""
        if self._sequence:
            return b""
        told = {"response": self._frame.response(IN_PROGRESS, [])}
        return self._event("response.created", told) + self._event("response.in_progress", told)

    def _status(self) -> Status:
        return write_finish(self._finish, refuses=self._output.refuses)

    def _events(self, placed: Iterable[Placed]) -> bytes:
        return b"".join([self._placed(index, *event) for index, event in placed])

    def _placed(self, index: int, kind: str, members: dict[str, Any]) -> bytes:
        """An event of an item, which says whose it is, unless it brings the item itself."""
        if kind.startswith(_OF_ITEM):
            return self._event(kind, {"output_index": index, **members})
        return self._event(kind, {"output_index": index, "item_id": self._output.items[index].get("id"), **members})

    def _event(self, kind: str, members: dict[str, Any]) -> bytes:
        event = _encode({"type": kind, "sequence_number": self._sequence, **members})
        self._sequence += 1
        return b"event: " + kind.encode() + b"\ndata: " + event + b"\n\n"
