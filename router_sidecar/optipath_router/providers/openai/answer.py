"""A whole answer in OpenAI's dialect: what accounting needs to see of it, and no more."""

from typing import Any

import msgspec

from optipath_router.chat.tokens import text_tokens
from optipath_router.chat.usage import Usage
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.dialect import ErrorTold
from optipath_router.providers.openai.said import Said, texts
from optipath_router.providers.openai.usage import read_usage


class _Answer(msgspec.Struct, frozen=True):
    choices: list[msgspec.Raw] | None = None
    usage: Any = None
    error: Any = None


class _Choice(msgspec.Struct, frozen=True):
    message: Said | None = None


_decode_answer = msgspec.json.Decoder(_Answer).decode
_decode_choice = msgspec.json.Decoder(_Choice).decode


def read_answer(body: bytes) -> tuple[Usage | None, int]:
    """The usage in a whole answer, and where there is none, an estimate of the tokens that it says.

    Raises UpstreamBroken where the body is no answer, ErrorTold where it tells an error instead.
    """
    try:
        answer = _decode_answer(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamBroken(Outcome.BROKEN, f"{len(body)} bytes are no chat completion") from error
    if answer.error is not None:
        raise ErrorTold
    if not answer.choices:
        raise UpstreamBroken(Outcome.BROKEN, "the answer has no choices")
    usage = read_usage(answer.usage)
    return usage, 0 if usage else sum(map(_tokens, answer.choices))


def _tokens(choice: msgspec.Raw) -> int:
    try:
        message = _decode_choice(choice).message
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return 0
    return sum(map(text_tokens, texts(message))) if message else 0
