"""What a request will probably cost at a target.

A conversation that stays where it was served a moment ago pays less for what
the provider's prompt cache still holds. That is a part of the sum, and the
only reason to stay: affinity is money here, not a rule.
"""

from typing import Final

from optipath_router.decide.decision import Warm
from optipath_router.decide.predict.facts import Facts
from optipath_router.decide.scored import Source

# On Python 3.11 it takes a tenth of a microsecond to look one up by its class.
_UNKNOWN, _PRICES, _PRICES_CACHED = Source.UNKNOWN, Source.PRICES, Source.PRICES_CACHED

LEAST_CACHED: Final = 1024
"""Tokens. OpenAI and Anthropic cache no shorter prompt."""


def predict_cost(facts: Facts, tokens_in: int, tokens_out: float, warm: Warm | None) -> tuple[float | None, Source]:
    """Dollars, None where a price that it takes is not known; and where they come from.

    Tokens that are not expected need no price; see account/cost.py.
    """
    rates = facts.rates if facts.long_rates is None or tokens_in <= facts.long_above else facts.long_rates
    if rates is None or (tokens_in and rates.input is None) or (tokens_out and rates.output is None):
        return None, _UNKNOWN
    fresh, output, kept = rates.input or 0.0, rates.output or 0.0, rates.cached or 0.0
    dollars = tokens_in * fresh + tokens_out * output + facts.request_dollars
    if warm is not None and warm.target == facts.name and facts.caches and kept < fresh:
        cached = min(warm.tokens, tokens_in)
        if cached >= LEAST_CACHED:
            return dollars - cached * (fresh - kept), _PRICES_CACHED
    return dollars, _PRICES
