"""Decimals in a snapshot: dollars and fractions, with one way to write each value.

A resource may say "0.50" where the catalogue says 0.5, and neither must show in
the bytes.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer


def _shortest(value: Decimal) -> Decimal:
    """The same value without exponent, sign of zero and zeros at its end."""
    return Decimal(format((value + 0).normalize(), "f"))


# An exponent may be any number: without bounds, a dozen bytes would be written out as megabytes.
_Bounded = Annotated[Decimal, Field(ge=0, max_digits=27, decimal_places=18)]
_WRITTEN = PlainSerializer(lambda value: format(value, "f"), return_type=str, when_used="json")

Dollars = Annotated[_Bounded, AfterValidator(_shortest), _WRITTEN]
Fraction = Annotated[_Bounded, Field(le=1), AfterValidator(_shortest), _WRITTEN]
