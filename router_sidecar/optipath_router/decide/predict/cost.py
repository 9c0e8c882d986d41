"""What a request will probably cost at a target.

A conversation that stays where it was served a moment ago pays less for what
the provider's prompt cache still holds. That is a part of the sum, and the
only reason to stay: affinity is money here, not a rule.
"""

from typing import Final

from optipath_router.decide.decision import Warm
from optipath_router.decide.predict.facts import Facts
from optipath_router.decide.scored import Source

LEAST_CACHED: Final = 1024
"""Tokens. OpenAI and Anthropic cache no shorter prompt."""


def predict_cost(facts: Facts, tokens_in: int, tokens_out: float, warm: Warm | None) -> tuple[float | None, Source]:
    """Dollars, None where a price that it takes is not known; and where they come from."""
    rates = facts.rates if facts.long_rates is None or tokens_in <= facts.long_above else facts.long_rates
    if rates is None:
        return None, Source.UNKNOWN
    dollars = tokens_in * rates.input + tokens_out * rates.output + facts.request_dollars
    if warm is not None and warm.target == facts.name and facts.caches and rates.cached < rates.input:
        cached = min(warm.tokens, tokens_in)
        if cached >= LEAST_CACHED:
            return dollars - cached * (rates.input - rates.cached), Source.PRICES_CACHED
    return dollars, Source.PRICES
