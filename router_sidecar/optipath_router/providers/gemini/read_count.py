"""How many tokens a chat has, as Gemini counts them."""

from typing import Any

import msgspec

from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.counted import counted
from optipath_router.providers.dialect import ErrorTold


class _Count(msgspec.Struct, frozen=True, rename="camel"):
    total_tokens: Any = None
    error: Any = None


def read_count(body: bytes) -> int:
    """The tokens of the input; raises UpstreamBroken where the body does not tell, ErrorTold for an error."""
    try:
        told = msgspec.json.decode(body, type=_Count)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamBroken(Outcome.BROKEN, f"{len(body)} bytes are no count of tokens") from error
    if told.error is not None:
        raise ErrorTold
    tokens = counted(told.total_tokens)
    if tokens is None:
        raise UpstreamBroken(Outcome.BROKEN, "the answer has no count of tokens")
    return tokens
