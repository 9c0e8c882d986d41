"""An answer of Gemini's as it is on the wire, whole or a piece of a stream: both have the same shape.

Of what an answer does not hang on, the shape is not ours to judge.
"""

from typing import Any, Final

import msgspec

from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.gemini.usage import UsageMetadata


class FunctionCall(msgspec.Struct, frozen=True, rename="camel"):
    """A call of a function of the caller's, or a piece of one."""

    name: str | None = None
    id: Any = None
    args: msgspec.Raw = msgspec.Raw(b"")
    partial_args: Any = None
    will_continue: Any = None


class Blob(msgspec.Struct, frozen=True, rename="camel"):
    """Data that the model made."""

    mime_type: str = ""
    data: str = ""


class Part(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A part of what is said."""

    text: str | None = None
    thought: Any = None
    thought_signature: str | None = None
    function_call: FunctionCall | None = None
    inline_data: Blob | None = None
    executable_code: Any = None
    code_execution_result: Any = None
    tool_call: Any = None
    tool_response: Any = None


class Content(msgspec.Struct, frozen=True):
    """What one side said."""

    parts: list[Part] | None = None


class Candidate(msgspec.Struct, frozen=True, rename="camel"):
    """One answer."""

    index: int | None = None
    content: Content | None = None
    finish_reason: Any = None
    grounding_metadata: Any = None
    logprobs_result: Any = None


class Chunk(msgspec.Struct, frozen=True, rename="camel"):
    """A whole answer, or a piece of one."""

    candidates: list[Candidate] | None = None
    prompt_feedback: Any = None
    usage_metadata: UsageMetadata | None = None
    model_version: Any = None
    response_id: Any = None
    create_time: Any = None
    error: Any = None

    @property
    def block_reason(self) -> str:
        """Why the prompt was not answered at all; empty where it was."""
        feedback = self.prompt_feedback
        told = feedback.get("blockReason") if isinstance(feedback, dict) else None
        return str(told) if told else ""


_chunk: Final = msgspec.json.Decoder(Chunk).decode
_chunks: Final = msgspec.json.Decoder(list[Chunk]).decode


def chunks(data: bytes) -> list[Chunk]:
    """The answer, or the piece, that bytes are; a list of them where `alt=sse` was not heeded, or before an error.

    Raises UpstreamBroken where they are none.
    """
    try:
        if not data.isascii():
            data.decode()  # what stays raw is not looked into
        return _chunks(data) if data.startswith(b"[") else [_chunk(data)]
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamBroken(Outcome.BROKEN, f"{len(data)} bytes are no answer of Gemini's") from error
