"""A streamed answer of Anthropic's, as deltas.

    message_start, (content_block_start, content_block_delta …, content_block_stop) …, message_delta, message_stop

Blocks that only Messages knows, such as those of tools that Anthropic runs,
are told whole, when they have come to their end. The answer is finished with
message_stop. A second answer inside the stream breaks it: two are never made one.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from optipath_router.chat.answer import (
    ChoiceEnded,
    Delta,
    Failing,
    HostedTold,
    Opened,
    PartBegun,
    PartGrown,
    Told,
)
from optipath_router.chat.conversation import Extra, Hosted, ToolCall, Wire
from optipath_router.chat.usage import Usage
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.anthropic.citations import read_citation
from optipath_router.providers.anthropic.events import Event, Said, read_event
from optipath_router.providers.anthropic.finish import read_finish
from optipath_router.providers.anthropic.growing import GrowingBlock
from optipath_router.providers.anthropic.read_answer import KNOWN, left_over, read_part, text, value
from optipath_router.providers.anthropic.usage import read_usage
from optipath_router.providers.codec import Read
from optipath_router.providers.message_reader import MessageReader
from optipath_router.providers.sse import Message, SseParser

Members = dict[str, msgspec.Raw]
_object: Final = msgspec.json.Decoder(Members).decode


class _Block:
    """A block that has begun and not come to its end."""

    __slots__ = ("given", "hosted", "part")

    def __init__(self, part: int, given: str = "", hosted: GrowingBlock | None = None) -> None:
        self.part, self.hosted = part, hosted
        self.given = given
        """The arguments as the call began, until others come."""


class MessagesReader(MessageReader):
    """Reads a stream of Anthropic's events."""

    __slots__ = ("_ended", "_extra", "_finished", "_open", "_opened", "_parts", "_usage")
    END_OF_MESSAGE = b"\n\n"

    def __init__(self) -> None:
        super().__init__(SseParser())
        self._open: dict[int, _Block] = {}
        self._parts = 0
        self._extra: Members = {}
        self._usage: Usage | None = None
        self._opened: str | None = None
        self._ended = self._finished = False

    @property
    def kept(self) -> int:
        """Bytes of an event, or of a block that is told whole, that is not complete."""
        return super().kept + sum(block.hosted.size for block in self._open.values() if block.hosted is not None)

    @property
    def finished(self) -> bool:
        """Whether the answer has come to message_stop."""
        return self._finished

    def _read(self, message: Message) -> Read:
        raw, data = message
        if not data:
            return Read(raw)
        try:
            event = read_event(data)
            if event.type == "content_block_delta" and event.delta is not None:
                return Read(raw, self._grown(event.index, event.delta, data))
            return Read(raw, tuple(self._deltas(event, data)), event.type == "message_stop")
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise UpstreamBroken(Outcome.BROKEN, f"{len(data)} bytes are no event of a message") from error

    def _grown(self, index: int, said: Said, data: bytes) -> tuple[Delta, ...]:
        block = self._open.get(index)
        if block is None:
            raise UpstreamBroken(Outcome.BROKEN, f"block {index} of its answer goes on without having begun")
        if block.hosted is not None:
            block.hosted.grow(_object(_object(data)["delta"]))
            return ()
        if said.partial_json:
            block.given = ""
        if more := said.text or said.partial_json or said.thinking:
            return (PartGrown(0, block.part, more),)
        if said.signature:
            return (PartGrown(0, block.part, signature=said.signature),)
        if said.type == "citations_delta":
            return (PartGrown(0, block.part, citation=read_citation(_object(said.citation))),)
        return ()

    def _deltas(self, event: Event, data: bytes) -> Iterator[Delta]:
        if self._finished and event.type != "ping":
            raise UpstreamBroken(Outcome.BROKEN, "its answer goes on after its end")
        if event.type == "error" or event.error is not None:
            yield Failing(data)
            return
        match event.type:
            case "message_start":
                yield from self._start(event)
            case "content_block_start":
                yield from self._stopped(event.index)
                yield from self._begun(event)
            case "content_block_stop":
                yield from self._stopped(event.index)
            case "message_delta":
                yield from self._told(event, data)
            case "message_stop":
                yield from self._end(None, None)
                self._finished = True
            case _:
                pass  # a ping, or an event of a newer API

    def _start(self, event: Event) -> Iterator[Delta]:
        message = _object(event.message)
        id_ = text(message.get("id"))
        if self._opened is not None:
            if id_ and id_ == self._opened:
                return  # said twice, as some proxies do
            raise UpstreamBroken(Outcome.BROKEN, "a second answer begins inside the stream of the first")
        self._opened = id_
        extra = left_over(message, KNOWN)
        self._extra = dict(extra.members) if extra else {}
        self._usage = read_usage(value(message.get("usage")))
        # The few tokens of output that are told before there is any stand for nothing.
        given = msgspec.structs.replace(self._usage, output_tokens=0) if self._usage else None
        yield Opened(id_, text(message.get("model")), usage=given)

    def _begun(self, event: Event) -> Iterator[Delta]:
        match part := read_part(event.content_block):
            case Hosted(name=name):
                self._open[event.index] = _Block(-1, hosted=GrowingBlock(event.content_block, name))
                return
            case ToolCall(arguments=given):
                part = msgspec.structs.replace(part, arguments="")
            case _:
                given = ""
        self._open[event.index] = _Block(self._parts, given)
        yield PartBegun(0, self._parts, part)
        self._parts += 1

    def _stopped(self, index: int) -> Iterator[Delta]:
        block = self._open.pop(index, None)
        if block is None:
            return
        if block.hosted is not None:
            yield HostedTold(block.hosted.whole())
        elif block.given:
            # No pieces came: the call began with all of its arguments, or has none.
            yield PartGrown(0, block.part, block.given)

    def _told(self, event: Event, data: bytes) -> Iterator[Delta]:
        members = _object(data)
        for extra in (
            left_over(_object(members.get("delta", b"{}")), {"stop_reason", "stop_sequence"}),
            left_over(members, {"type", "delta", "usage"}),
        ):
            self._extra.update(extra.members if extra else {})
        if event.delta is not None and event.delta.stop_reason is not None:
            yield from self._end(event.delta.stop_reason, event.delta.stop_sequence)
        usage = read_usage(event.usage, self._usage)
        if usage is not None:
            self._usage = usage
            yield Told(usage)

    def _end(self, stop_reason: Any, stop_sequence: Any) -> Iterator[Delta]:
        """The end of the choice, once, and of every block before it."""
        for index in tuple(self._open):
            yield from self._stopped(index)
        if self._ended:
            return
        self._ended = True
        finish, word = read_finish(stop_reason)
        sequence = stop_sequence if isinstance(stop_sequence, str) else None
        extra = Extra(Wire.MESSAGES, self._extra) if self._extra else None
        yield ChoiceEnded(0, finish, word, sequence, extra)
