"""What an answer cost: tokens times prices, exact, in dollars.

A price that is needed and not known makes the cost unknown; it is never taken
for nothing. A part without tokens needs no price.
"""

from decimal import Context, Decimal
from typing import Final

from optipath_router.chat.usage import Usage
from optipath_snapshot import Pricing

_MILLION: Final = Decimal(1_000_000)
# 27 digits of a price times the 16 of a number of tokens, and room for their sum: nothing is rounded.
# Its own methods are asked, for to make it the thread's context takes longer than all the sums.
_EXACT: Final = Context(prec=64)


def cost(usage: Usage, pricing: Pricing | None) -> Decimal | None:
    """Dollars that an answer of a chat cost; None where a price that it takes is not known.

    Every part is taken as it was told; plain input and output are what is left
    of the totals, and never less than nothing. Tokens from a prompt cache cost
    what other input costs where they have no price of their own.
    """
    if pricing is None:
        return None
    total = Decimal(0)
    for tokens, price in _parts(usage, pricing):
        if tokens <= 0:
            continue
        if price is None:
            return None
        total = _EXACT.fma(price, tokens, total)
    return _EXACT.add(_EXACT.divide(total, _MILLION), pricing.per_request or 0)


def _parts(usage: Usage, pricing: Pricing) -> tuple[tuple[int, Decimal | None], ...]:
    """Numbers of tokens, each with its dollars per million."""
    fresh, output = pricing.input_per_mtok, pricing.output_per_mtok
    cached, written = pricing.cached_input_per_mtok, pricing.cache_write_per_mtok
    step = pricing.long_context
    if step is not None and usage.input_tokens > step.above_input_tokens:
        # Prices around a cache rise as that of input does: so do all 120 that LiteLLM lists on both sides of a step.
        cached, written = (_risen(price, fresh, step.input_per_mtok) for price in (cached, written))
        fresh, output = step.input_per_mtok, step.output_per_mtok
    apart = usage.cached_input_tokens + usage.cache_write_tokens + usage.audio_input_tokens
    return (
        (usage.input_tokens - apart, fresh),
        (usage.cached_input_tokens, fresh if cached is None else cached),
        (usage.cache_write_tokens, written),
        (usage.audio_input_tokens, pricing.audio_input_per_mtok),
        (usage.output_tokens - usage.audio_output_tokens, output),
        (usage.audio_output_tokens, pricing.audio_output_per_mtok),
    )


def _risen(price: Decimal | None, usual: Decimal | None, now: Decimal) -> Decimal | None:
    """A price that keeps its share of the price of input; None where that share cannot be told."""
    return None if price is None or not usual else _EXACT.divide(_EXACT.multiply(price, now), usual)
