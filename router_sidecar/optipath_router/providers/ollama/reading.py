"""An answer of Ollama's as it comes: the same for a whole one and for the lines of a stream."""

from collections.abc import Iterator
from hashlib import blake2s
from typing import Any

import msgspec

from optipath_router.chat.answer import ChoiceEnded, Delta, Opened, PartBegun, PartGrown, Told
from optipath_router.chat.conversation import Part, Reasoning, Text, ToolCall, Wire
from optipath_router.providers.ollama import wire
from optipath_router.providers.ollama.finish import finish_of
from optipath_router.providers.ollama.usage import usage_of
from optipath_router.providers.timestamps import seconds_of


class Reading:
    """What has been read of one answer."""

    __slots__ = ("_called", "_growing", "_parts", "_seed", "finished")

    def __init__(self) -> None:
        self._parts = 0
        self._growing: type[Text | Reasoning] | None = None
        self._seed: str | None = None
        self._called = self.finished = False

    def read(self, line: wire.Line) -> Iterator[Delta]:
        """What a line means."""
        if self.finished:
            return
        if self._seed is None:
            self._seed = f"{line.model}/{line.created_at}"
            yield Opened(model=_text(line.model), created=seconds_of(line.created_at))
        if (said := line.message) is not None:
            if said.thinking:
                yield self._said(said.thinking, Reasoning)
            if said.content:
                yield self._said(said.content, Text)
            for call in said.tool_calls or ():
                yield self._begun(self._call(call, self._seed))
        if line.done:
            self.finished = True
            told = _text(line.done_reason)
            yield ChoiceEnded(0, finish_of(told, calls=self._called), told)
            if usage := usage_of(line.prompt_eval_count, line.eval_count):
                yield Told(usage)

    def _said(self, text: str, kind: type[Text | Reasoning]) -> Delta:
        """More of the text, or of the thought, that is being said; or a new one."""
        if self._growing is kind:
            return PartGrown(0, self._parts - 1, text)
        begun = self._begun(Text(text) if kind is Text else Reasoning(text, wire=Wire.OLLAMA))
        self._growing = kind
        return begun

    def _begun(self, part: Part) -> PartBegun:
        self._growing = None
        self._parts += 1
        return PartBegun(0, self._parts - 1, part)

    def _call(self, call: wire.ToolCall, seed: str) -> ToolCall:
        """A call; where it has no id, one that is the same for the same call and another in every answer."""
        self._called = True
        function, told_id = call.function, _text(call.id)
        if not told_id:
            named = f"{seed}/{self._parts}/{function.name}"
            told_id = f"call_{blake2s(named.encode(), digest_size=12).hexdigest()}"
        return ToolCall(told_id, function.name, _arguments(bytes(function.arguments)))


def _arguments(told: bytes) -> str:
    """Arguments to the letter; a text, which some templates make of them, as what it holds."""
    if told.startswith(b'"'):
        return msgspec.json.decode(told, type=str)
    return told.decode() if told and told != b"null" else "{}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
