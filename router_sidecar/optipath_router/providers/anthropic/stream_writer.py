"""A streamed answer, as callers of Messages read it.

One block is open at a time. A part that grows while another's block is open
takes its place: a text goes on in a block of its own. Only a tool call whose
arguments are not complete keeps its block, and what is not its own waits. A
block opens with the first thing that is in it, as callers bring blocks back,
and the API refuses empty ones.
"""

from typing import Any, Final, assert_never

import msgspec

from optipath_router.chat.answer import ChoiceEnded, Delta, Failing, HostedTold, Opened, PartBegun, PartGrown, Told
from optipath_router.chat.conversation import Extra, Hosted, Part, Reasoning, Refusal, Text, ToolCall, Wire
from optipath_router.chat.usage import Usage
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.anthropic.block_writer import BlockWriter, event, grows
from optipath_router.providers.anthropic.citations import write_citation
from optipath_router.providers.anthropic.finish import write_finish
from optipath_router.providers.anthropic.foreign import seal, sealed_call
from optipath_router.providers.anthropic.usage import write_usage
from optipath_router.providers.anthropic.waiting_parts import Waiting, WaitingParts, part_of
from optipath_router.providers.anthropic.write_answer import write_call, write_thought
from optipath_router.providers.members import said_again

_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_NO_INPUT: Final = msgspec.Raw(b"{}")
_BESIDE_DELTA: Final = "context_management"
"""What message_delta tells beside its delta, and not in it."""


class MessagesWriter:
    """Writes a stream of Messages' events. It writes the first choice: nobody can ask for more than one."""

    __slots__ = ("_begun", "_blocks", "_calls", "_ended", "_started", "_usage", "_waiting")

    def __init__(self) -> None:
        self._started = self._calls = False
        self._blocks = BlockWriter()
        self._begun: dict[int, Part] = {}
        self._waiting = WaitingParts()
        self._ended: ChoiceEnded | None = None
        self._usage: Usage | None = None

    def write(self, delta: Delta) -> bytes:
        """The events that say a delta; raises UpstreamBroken for what cannot be brought into an order."""
        written = b""
        match delta:
            case PartGrown(choice=0) | PartBegun(choice=0) | HostedTold():
                written = self._placed(delta)
            case Opened():
                written = self._start(delta)
            case Told(usage=usage):
                self._usage = usage
            case ChoiceEnded(choice=0):
                self._ended = delta
                written = self._flushed(at_end=True) + self._blocks.close()
            case PartGrown() | PartBegun() | ChoiceEnded() | Failing():
                pass
            case _:
                assert_never(delta)
        return written

    def end(self) -> bytes:
        """The finish, the usage and the end mark; where no usage is known, zeros, as the format demands numbers."""
        begun = b"" if self._started else self._start(Opened())
        begun += self._flushed(at_end=True) + self._blocks.close()
        delta: dict[str, Any] = {"stop_reason": None, "stop_sequence": None}
        extra: dict[str, Any] = {}
        if (ended := self._ended) is not None:
            delta["stop_reason"] = write_finish(ended.finish, ended.told, ended.stop_sequence, calls=self._calls)
            delta["stop_sequence"] = ended.stop_sequence
            extra = said_again(ended.extra, Wire.MESSAGES)
        beside = {_BESIDE_DELTA: extra.pop(_BESIDE_DELTA)} if _BESIDE_DELTA in extra else {}
        told = {"delta": {**delta, **extra}, "usage": write_usage(self._usage), **beside}
        return begun + event("message_delta", told) + event("message_stop", {})

    def _start(self, opened: Opened) -> bytes:
        """The event that begins a message; zeros for its usage where nothing of it is known yet."""
        self._started = True
        self._usage = opened.usage
        message: dict[str, Any] = {
            "id": opened.id,
            "type": "message",
            "role": "assistant",
            "model": opened.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": write_usage(opened.usage),
        }
        return event("message_start", {"message": message})

    def _placed(self, delta: Waiting) -> bytes:
        """What is said of a part at once, and of what waited for it; nothing while it has to wait itself."""
        begun = b"" if self._started else self._start(Opened())
        if self._waiting and part_of(delta) != self._blocks.part and not self._keeps(delta):
            begun += self._flushed(at_end=False)
        if self._keeps(delta):
            self._waiting.add(delta)
            return begun
        begun += self._said(delta)
        return begun + (self._flushed(at_end=False) if self._waiting and self._waiting.may_go else b"")

    def _keeps(self, delta: Waiting) -> bool:
        """Whether a tool call that is not complete keeps its block from what is told."""
        return self._blocks.is_call and part_of(delta) != self._blocks.part and not self._waiting.may_go

    def _flushed(self, *, at_end: bool) -> bytes:
        """What waited, part by part, as far as none of them keeps its block."""
        said: list[bytes] = []
        for delta in self._waiting.take():
            if not at_end and self._keeps(delta):
                self._waiting.add(delta)
            else:
                said.append(self._said(delta))
        return b"".join(said)

    def _said(self, delta: Waiting) -> bytes:
        match delta:
            case PartGrown(part=part):
                return self._grown(delta, self._begun[part])
            case PartBegun(part=part, what=what):
                self._begun[part] = what
                return self._first(part, what)
            case HostedTold(hosted=hosted):
                return self._hosted(hosted)
            case _:
                assert_never(delta)

    def _first(self, part: int, what: Part) -> bytes:
        """What is there of a part when it begins."""
        said = b""
        match what:
            case ToolCall():
                said = self._call(part, what)
            case Text(text=text, citations=citations):
                said = self._grown(PartGrown(0, part, text), what)
                said += b"".join(self._grown(PartGrown(0, part, citation=each), what) for each in citations)
            case Refusal(text=text):
                said = self._grown(PartGrown(0, part, text), what)
            case Reasoning(text=text, signature=signature, hidden=hidden):
                said = self._grown(PartGrown(0, part, text, signature=signature, hidden=hidden), what)
            case Hosted():
                said = self._hosted(what)
            case _:
                pass  # a picture or a sound, for which Messages has no block in an answer
        return said

    def _call(self, part: int, call: ToolCall) -> bytes:
        self._calls = True
        sealed = sealed_call(call)
        said = self._blocks.whole(sealed) if sealed is not None else b""
        self._waiting.begin()
        said += self._blocks.open(part, call, write_call(call, _NO_INPUT))
        return said + (self._more(call.arguments) if call.arguments else b"")

    def _grown(self, delta: PartGrown, what: Part) -> bytes:
        if not grows(what):
            return b""
        begun = b""
        if delta.part != self._blocks.part:
            if isinstance(what, ToolCall):
                return _after_end(delta.text)
            if isinstance(what, Reasoning) and delta.hidden is not None and not delta.text:
                block = write_thought(Reasoning(hidden=delta.hidden, wire=what.wire))
                return self._blocks.whole(block) if block is not None else b""
            if not delta.text and delta.signature is None and delta.citation is None:
                return b""
            begun = self._blocks.open(delta.part, what, _begun(what))
        return begun + (self._more(delta.text) if delta.text else b"") + self._besides(delta, what)

    def _more(self, text: str) -> bytes:
        if self._blocks.is_call:
            self._waiting.written(text)
        return self._blocks.more(text)

    def _besides(self, delta: PartGrown, what: Part) -> bytes:
        """What a delta tells of the open block beside its text."""
        if delta.citation is not None and isinstance(what, Text):
            return self._blocks.delta({"type": "citations_delta", "citation": write_citation(delta.citation)})
        if isinstance(what, Reasoning) and (delta.signature is not None or delta.hidden is not None):
            sealed = seal(Reasoning(signature=delta.signature, hidden=delta.hidden, wire=what.wire))
            return self._blocks.delta({"type": "signature_delta", "signature": sealed}) if sealed else b""
        return b""

    def _hosted(self, hosted: Hosted) -> bytes:
        """A block that only Messages knows; its input comes in a delta, as it does from Anthropic."""
        if hosted.wire is not Wire.MESSAGES:
            return b""
        block: dict[str, Any] = dict(_members(hosted.raw))
        if "input" not in block:
            return self._blocks.whole(block)
        given = bytes(block["input"]).decode()
        return self._blocks.whole({**block, "input": _NO_INPUT}, {"type": "input_json_delta", "partial_json": given})


def _begun(what: Part) -> dict[str, Any]:
    """A text or a thought as its block begins: with nothing in it."""
    if isinstance(what, Reasoning):
        return {"type": "thinking", "thinking": "", "signature": ""}
    extra: Extra | None = what.extra if isinstance(what, Text) else None
    return {"type": "text", "text": "", **said_again(extra, Wire.MESSAGES)}


def _after_end(text: str) -> bytes:
    """Nothing, of what follows a call whose arguments were complete; raises UpstreamBroken where it is not blank."""
    if text.strip():
        raise UpstreamBroken(Outcome.BROKEN, "a tool call of its answer goes on after its arguments were complete")
    return b""
