"""Prices as published, made exact, and their zeros told apart from gaps."""

import re
from dataclasses import replace
from decimal import Context, Decimal
from typing import Any

from optipath_operator.catalogue.facts import EXTRA_PRICES, Facts

# Published prices have up to eleven digits; a few carry the noise of binary fractions, as 0.09999999999999999.
_DIGITS = Context(prec=12)
_MILLION = 1_000_000
_FREE = re.compile(r".*[:/-]free", re.IGNORECASE)


def dollars(published: Decimal | int | None) -> Decimal | None:
    """An amount in plain digits: neither exponent nor trailing zeros."""
    if published is None:
        return None
    return Decimal(format(_DIGITS.create_decimal(published).normalize(_DIGITS), "f"))


def per_million(per_token: Decimal | int | None) -> Decimal | None:
    """Dollars per million tokens for dollars per token."""
    return None if per_token is None else dollars(per_token * _MILLION)


def without_gaps(facts: Facts, model: str) -> Facts:
    """Facts without the zeros that stand for a price nobody recorded."""
    if not facts.input_per_mtok and not facts.output_per_mtok and not _FREE.fullmatch(model):
        # A model that costs nothing says so in its name (`:free`). Elsewhere two zeros mean "depends" (OpenRouter's
        # auto), "your own hardware" or "by subscription" (Ollama), and a router that takes them for a price sends
        # everything there.
        return facts.unpriced()
    # Beside a price, a zero for cached tokens, images or requests means "not offered" or "not billed this way".
    gaps: dict[str, Any] = {name: None for name in EXTRA_PRICES if not getattr(facts, name)}
    return replace(facts, **gaps)
