"""A tool call that is being streamed."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from optipath_router.chat.answer import PartGrown
from optipath_router.chat.conversation import ToolCall
from optipath_router.providers.responses import output_items
from optipath_router.providers.responses.output_items import Event


class OpenCall:
    """A tool call."""

    __slots__ = ("_call", "_carried", "_texts", "name")

    def __init__(self, name: str, call: ToolCall) -> None:
        self.name, self._call = name, replace(call, arguments="")
        self._texts: list[str] = []
        self._carried = call.signature

    @property
    def item(self) -> dict[str, Any]:
        """The call without its arguments."""
        call = output_items.tool_call(self._call, self.name, "in_progress")
        return {**call, output_items.said_member(self._call): ""}

    @property
    def unsigned(self) -> bool:
        """Whether it has a signature that came after it had begun, so that no item carries it yet."""
        return self._call.signature != self._carried

    @property
    def call(self) -> ToolCall:
        """The call with all that was said of it."""
        return replace(self._call, arguments="".join(self._texts))

    def begin(self, part: ToolCall) -> Iterator[Event]:
        """What there is of the arguments from the begin."""
        return self.grow(PartGrown(0, 0, part.arguments))

    def grow(self, grown: PartGrown) -> Iterator[Event]:
        """There is more of the arguments."""
        if grown.signature:
            self._call = replace(self._call, signature=grown.signature)
        if grown.text:
            self._texts.append(grown.text)
            yield f"response.{_named(self._call)}.delta", {"delta": grown.text}

    def whole(self, status: str) -> tuple[dict[str, Any], list[Event]]:
        """The call with its arguments."""
        call = self.call
        said = output_items.arguments(call)
        events: list[Event] = [] if self._texts or not said else list(self.grow(PartGrown(0, 0, said)))
        if call.custom:
            events.append(("response.custom_tool_call_input.done", {"input": said}))
        else:
            events.append(("response.function_call_arguments.done", {"name": call.name, "arguments": said}))
        return output_items.tool_call(call, self.name, status), events


def _named(call: ToolCall) -> str:
    return "custom_tool_call_input" if call.custom else "function_call_arguments"
