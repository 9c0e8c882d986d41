"""`POST /v1/messages/count_tokens`: what a prompt would cost, asked of Anthropic or estimated here."""

from typing import Any

import msgspec

from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.anthropic.facts import COUNT_TOKENS_PATH
from optipath_router.providers.dialect import ErrorTold, Outgoing
from optipath_router.providers.renamed import renamed


class _Counted(msgspec.Struct, frozen=True):
    input_tokens: Any = None
    error: Any = None


_decode = msgspec.json.Decoder(_Counted).decode


def outgoing(body: bytes, asked: str, upstream: str) -> Outgoing:
    """The caller's question for Anthropic; raises RequestRejected."""
    return Outgoing(COUNT_TOKENS_PATH, renamed(body, asked, upstream))


def read_counted(body: bytes) -> int:
    """The tokens that Anthropic counted; raises UpstreamBroken where it told none, ErrorTold where it told an error."""
    try:
        told = _decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamBroken(Outcome.BROKEN, f"{len(body)} bytes are no count of tokens") from error
    if told.error is not None:
        raise ErrorTold
    if type(told.input_tokens) is not int or told.input_tokens < 0:
        raise UpstreamBroken(Outcome.BROKEN, "the answer counts no tokens")
    return told.input_tokens


def counted(tokens: int) -> bytes:
    """The answer to the caller."""
    return b'{"input_tokens":%d}' % tokens
