"""OpenAI's embeddings, which much of the family has: the bytes pass, and this is what is looked at."""

from typing import Any, Final

import msgspec

from optipath_router.chat.request import Asked
from optipath_router.chat.usage import Usage
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.dialect import ErrorTold, Outgoing
from optipath_router.providers.lean import looked_at, with_model
from optipath_router.providers.openai.prompts import Several, prompts
from optipath_router.providers.openai.request import outgoing as passed
from optipath_router.providers.openai.usage import field, read_usage

PATH: Final = "/embeddings"


class _Asked(msgspec.Struct, frozen=True):
    input: str | Several
    model: str = ""


class _Answer(msgspec.Struct, frozen=True):
    data: list[msgspec.Raw] | None = None
    usage: Any = None
    error: Any = None


_decode = msgspec.json.Decoder(_Asked).decode
_decode_answer = msgspec.json.Decoder(_Answer).decode


def read_asked(body: bytes) -> Asked:
    """What a body asks for, each input as a message of its own; raises RequestRejected."""
    asked = looked_at(body, _decode, "a request for embeddings")
    return with_model(Asked(asked.model, prompts(asked.input, "input")))


def outgoing(body: bytes, asked: Asked, upstream: str) -> Outgoing:
    """The caller's own bytes, but for the model."""
    return Outgoing(PATH, passed(body, asked, upstream, tell_usage=False))


def read_answer(body: bytes) -> Usage | None:
    """The usage in an answer; raises UpstreamBroken where the body is none, ErrorTold where it tells an error."""
    try:
        answer = _decode_answer(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamBroken(Outcome.BROKEN, f"{len(body)} bytes are no embeddings") from error
    if answer.error is not None:
        raise ErrorTold
    if not answer.data:
        raise UpstreamBroken(Outcome.BROKEN, "the answer has no embeddings")
    total = field(answer.usage, "total_tokens")
    return read_usage(answer.usage) or read_usage({"prompt_tokens": total})  # Voyage tells the total alone
