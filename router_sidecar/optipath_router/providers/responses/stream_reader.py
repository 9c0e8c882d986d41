"""A provider's streamed answer.

created ─▶ output_item.added ─▶ …delta ─▶ output_item.done ─▶ completed, incomplete or failed
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import msgspec

from optipath_router.chat.answer import ChoiceEnded, Delta, Failing, HostedTold, Opened, Told
from optipath_router.chat.conversation import Hosted, Wire
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.codec import Read
from optipath_router.providers.message_reader import MessageReader
from optipath_router.providers.responses.finish import read_finish
from optipath_router.providers.responses.logprobs import read_logprobs
from optipath_router.providers.responses.read_answer import Response, created
from optipath_router.providers.responses.read_output import item_parts, read_item, text
from optipath_router.providers.responses.stream_parts import Grows, StreamEvent, StreamParts
from optipath_router.providers.responses.usage import read_usage
from optipath_router.providers.sse import Message, SseParser

_decode: Final = msgspec.json.Decoder(StreamEvent).decode
_decode_response: Final = msgspec.json.Decoder(Response).decode
_SILENT: Final = frozenset(
    {
        "keepalive",
        "ping",
        # The end of the item tells them again, or its text does.
        "response.reasoning_summary_part.added",
        "response.reasoning_summary_part.done",
        "response.function_call_arguments.done",
        "response.custom_tool_call_input.done",
    }
)
_ERRORS: Final = frozenset({"error", "response.error"})


class StreamReader(MessageReader):
    """Reads one streamed answer; it is finished when it was told to be completed or incomplete.

    One that was told to have failed is not: it has an honest end, but none that
    may be shown as an answer's.
    """

    __slots__ = ("_finished", "_opened", "_parts")
    END_OF_MESSAGE = b"\n\n"

    def __init__(self) -> None:
        super().__init__(SseParser())
        self._parts = StreamParts()
        self._opened = self._finished = False

    @property
    def finished(self) -> bool:
        """Whether the answer has come to its end."""
        return self._finished

    def _read(self, message: Message) -> Read:
        raw, data = message
        if not data:
            return Read(raw)
        if data.strip() == b"[DONE]":
            return Read(raw, ends=True)
        try:
            event = _decode(data)
            return Read(raw, tuple(self._deltas(event, data)))
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise UpstreamBroken(Outcome.BROKEN, f"{len(data)} bytes are no event of a response") from error

    def _deltas(self, event: StreamEvent, data: bytes) -> Iterator[Delta]:
        grow = _GROWING.get(event.type)
        match event.type:
            case _ if grow is not None:
                return grow(self._parts, event)
            case "response.created" | "response.in_progress" | "response.queued":
                return self._open(event)
            case "response.completed" | "response.incomplete":
                return self._end(event)
            case kind:
                return iter(_other(kind, event, data))

    def _open(self, event: StreamEvent) -> Iterator[Delta]:
        if not self._opened and _brings(event.response):
            self._opened = True
            response = _decode_response(event.response)
            yield Opened(text(response.id), text(response.model), created(response))

    def _end(self, event: StreamEvent) -> Iterator[Delta]:
        if not _brings(event.response):
            raise UpstreamBroken(Outcome.BROKEN, "its answer was ended by an event without a response")
        response = _decode_response(event.response)
        if not self._parts:
            for raw in response.output or ():
                yield from self._parts.begin_all(item_parts(read_item(raw), raw))
        if usage := read_usage(response.usage):
            yield Told(usage)
        status = event.type.removeprefix("response.")
        finish, told = read_finish(status, response.incomplete_details, calls=self._parts.calls)
        self._finished = True
        yield ChoiceEnded(0, finish, told)


def _other(kind: str, event: StreamEvent, data: bytes) -> tuple[Delta, ...]:
    """What an event says that is none of the answer's own: a failure, or how a tool of the provider's gets on."""
    if kind in _SILENT:
        return ()
    if kind == "response.failed":
        return (_failing(event),)
    if kind in _ERRORS or not kind:
        return (Failing(data),)
    return (HostedTold(Hosted(Wire.RESPONSES, msgspec.Raw(data), kind)),)


def _brings(raw: msgspec.Raw) -> bool:
    """Whether a member holds an object."""
    return bytes(raw).startswith(b"{")


def _failing(event: StreamEvent) -> Failing:
    """A failure as a body of its own, as it would have been had it come before all else."""
    error = _decode_response(event.response).error if _brings(event.response) else None
    return Failing(msgspec.json.encode({"error": error}))


def _text(parts: StreamParts, event: StreamEvent) -> Iterator[Delta]:
    logprobs = read_logprobs(event.logprobs) if event.logprobs else None
    return parts.grow((event.output_index, Grows.TEXT, event.content_index), event.delta, logprobs)


def _grows(grows: Grows) -> Callable[[StreamParts, StreamEvent], Iterator[Delta]]:
    def grow(parts: StreamParts, event: StreamEvent) -> Iterator[Delta]:
        return parts.grow((event.output_index, grows, _index(grows, event)), event.delta)

    return grow


def _text_done(parts: StreamParts, event: StreamEvent) -> Iterator[Delta]:
    return parts.complete((event.output_index, Grows.TEXT, event.content_index), event.text)


def _refusal_done(parts: StreamParts, event: StreamEvent) -> Iterator[Delta]:
    return parts.complete((event.output_index, Grows.REFUSAL, event.content_index), event.refusal)


def _thought_done(grows: Grows) -> Callable[[StreamParts, StreamEvent], Iterator[Delta]]:
    def done(parts: StreamParts, event: StreamEvent) -> Iterator[Delta]:
        return parts.complete((event.output_index, grows, _index(grows, event)), event.text)

    return done


def _index(grows: Grows, event: StreamEvent) -> object:
    """Which of those that grow in an item."""
    match grows:
        case Grows.SUMMARY:
            return event.summary_index
        case Grows.ARGUMENTS:
            return 0
        case _:
            return event.content_index


def _part_added(parts: StreamParts, event: StreamEvent) -> Iterator[Delta]:
    kind = event.part.get("type") if isinstance(event.part, dict) else None
    if grows := {"output_text": Grows.TEXT, "refusal": Grows.REFUSAL}.get(str(kind)):
        return parts.begin((event.output_index, grows, event.content_index))
    return iter(())


def _part_done(parts: StreamParts, event: StreamEvent) -> Iterator[Delta]:
    if isinstance(event.part, dict) and event.part.get("type") == "output_text":
        return parts.text_done(event.output_index, event.content_index, event.part)
    return iter(())


def _cited(parts: StreamParts, event: StreamEvent) -> Iterator[Delta]:
    return parts.cite((event.output_index, Grows.TEXT, event.content_index), [event.annotation])


def _item_done(parts: StreamParts, event: StreamEvent) -> Iterator[Delta]:
    item = parts.item(event)
    if item is None:
        return iter(())
    match item.type:
        case "message":
            return parts.message_done(event.output_index, item)
        case "reasoning":
            return parts.thought_done(event.output_index, item)
        case "function_call" | "custom_tool_call":
            return parts.call_done(event.output_index, item)
        case _:
            return parts.begin_all(item_parts(item, event.item))


_GROWING: Final[Mapping[str, Callable[[StreamParts, StreamEvent], Iterator[Delta]]]] = {
    "response.output_text.delta": _text,
    "response.output_text.done": _text_done,
    "response.output_text.annotation.added": _cited,
    "response.refusal.delta": _grows(Grows.REFUSAL),
    "response.refusal.done": _refusal_done,
    "response.reasoning_summary_text.delta": _grows(Grows.SUMMARY),
    "response.reasoning_summary_text.done": _thought_done(Grows.SUMMARY),
    "response.reasoning_text.delta": _grows(Grows.THOUGHT),
    "response.reasoning_text.done": _thought_done(Grows.THOUGHT),
    "response.function_call_arguments.delta": _grows(Grows.ARGUMENTS),
    "response.custom_tool_call_input.delta": _grows(Grows.ARGUMENTS),
    "response.output_item.added": StreamParts.added,
    "response.output_item.done": _item_done,
    "response.content_part.added": _part_added,
    "response.content_part.done": _part_done,
}
"""The events that tell of the answer's own parts."""
