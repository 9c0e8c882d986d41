"""Billing: what an attempt took, and what that cost. Attempts cost money, also those whose answer nobody saw."""

from decimal import Decimal
from typing import Final

import msgspec

from optipath_router.account.cost import cost
from optipath_router.chat.reply import Tried
from optipath_router.chat.usage import Usage
from optipath_router.errors import Outcome

# The provider was at work when it was given up, or when it gave up itself.
_PROBABLY_BILLED: Final = frozenset(
    {
        Outcome.OK,
        Outcome.CUT,
        Outcome.ABANDONED,
        Outcome.STOPPED,
        Outcome.LOST,
        Outcome.TIMEOUT,
        Outcome.OUT_OF_TIME,
        Outcome.BROKEN,
        Outcome.NO_ROOM,
        Outcome.INTERNAL,
    }
)
_GATEWAY_TIMEOUT: Final = 504


class Bill(msgspec.Struct, frozen=True):
    """One attempt's tokens and dollars."""

    usage: Usage | None
    """None where nothing was billed."""
    cost: Decimal | None
    """Dollars; None where a price that it takes is not known."""


NOTHING: Final = Bill(None, Decimal(0))


def bill(tried: Tried, input_tokens: int) -> Bill:
    """What an attempt is booked with: the provider's count, or else an estimate of what it was probably billed."""
    usage = tried.usage
    if usage is None:
        if not (tried.made and tried.sent) or (
            tried.outcome not in _PROBABLY_BILLED and tried.status != _GATEWAY_TIMEOUT
        ):
            return NOTHING
        usage = Usage(input_tokens, tried.tokens, estimated=True)
    return Bill(usage, cost(usage, tried.target.pricing))
