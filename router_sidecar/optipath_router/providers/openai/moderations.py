"""OpenAI's moderations: the bytes pass, and this is what is looked at. They cost nothing, and tell no usage."""

from typing import Any, Final

import msgspec

from optipath_router.chat.request import Asked
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.dialect import ErrorTold, Outgoing
from optipath_router.providers.lean import looked_at, with_model
from optipath_router.providers.openai.prompts import Several, inputs
from optipath_router.providers.openai.request import outgoing as passed

PATH: Final = "/moderations"
DEFAULT_MODEL: Final = "omni-moderation-latest"
"""What OpenAI takes where no model is named."""


class _Asked(msgspec.Struct, frozen=True):
    input: str | Several
    model: str | None = None


class _Answer(msgspec.Struct, frozen=True):
    results: list[msgspec.Raw] | None = None
    error: Any = None


_decode = msgspec.json.Decoder(_Asked).decode
_decode_answer = msgspec.json.Decoder(_Answer).decode


def read_asked(body: bytes) -> Asked:
    """What a body asks for, each input as a message of its own; raises RequestRejected."""
    asked = looked_at(body, _decode, "a request for a moderation")
    return with_model(Asked(DEFAULT_MODEL if asked.model is None else asked.model, inputs(asked.input, "input")))


def outgoing(body: bytes, asked: Asked, upstream: str) -> Outgoing:
    """The caller's own bytes, but for the model."""
    return Outgoing(PATH, passed(body, asked, upstream, tell_usage=False))


def read_answer(body: bytes) -> None:
    """Look at an answer; raises UpstreamBroken where the body is none, ErrorTold where it tells an error."""
    try:
        answer = _decode_answer(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamBroken(Outcome.BROKEN, f"{len(body)} bytes are no moderation") from error
    if answer.error is not None:
        raise ErrorTold
    if answer.results is None:
        raise UpstreamBroken(Outcome.BROKEN, "the answer has no results")
