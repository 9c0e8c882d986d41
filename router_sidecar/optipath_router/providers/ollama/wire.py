"""An answer of Ollama's as it is on the wire, whole or a line of a stream: both have the same shape."""

from typing import Any, Final

import msgspec

from optipath_router.errors import Outcome, UpstreamBroken


class Function(msgspec.Struct, frozen=True):
    """What is to be called."""

    name: str = ""
    arguments: msgspec.Raw = msgspec.Raw(b"")


class ToolCall(msgspec.Struct, frozen=True):
    """A tool call, which comes in one piece."""

    id: Any = None
    """Told since the end of 2025."""
    function: Function = Function()


class Message(msgspec.Struct, frozen=True):
    """What the model says."""

    content: str | None = None
    thinking: str | None = None
    tool_calls: list[ToolCall] | None = None


class Line(msgspec.Struct, frozen=True):
    """A whole answer, or a piece of one."""

    model: Any = None
    created_at: Any = None
    message: Message | None = None
    done: bool = False
    done_reason: Any = None
    prompt_eval_count: Any = None
    eval_count: Any = None
    error: Any = None


_decode: Final = msgspec.json.Decoder(Line).decode


def line(data: bytes) -> Line:
    """The answer, or the piece, that bytes are; raises UpstreamBroken where they are none."""
    try:
        if not data.isascii():
            data.decode()  # what stays raw is not looked into
        return _decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamBroken(Outcome.BROKEN, f"{len(data)} bytes are no answer of Ollama's") from error
