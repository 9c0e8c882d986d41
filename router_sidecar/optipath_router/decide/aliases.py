"""Aliases: names that an app may ask for without any policy. Each ranks all targets of the namespace.

    auto      quality first, with an eye on money: what is easy goes to a cheap model, what is demanding to a strong one
    eco       the cheapest that can serve the request
    balanced  cost, latency, quality and reliability, each a quarter
    premium   the best, whatever it costs

A rule that matches such a name goes before, and so does a declared model that is called so.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from optipath_snapshot import Balanced, HighestQuality, LowestCost, Strategy

_QUARTER = Decimal("0.25")

ALIASES: Mapping[str, Strategy] = MappingProxyType(
    {
        "auto": Balanced(
            quality=Decimal("0.5"), cost=Decimal("0.3"), latency=Decimal("0.1"), reliability=Decimal("0.1")
        ),
        "eco": LowestCost(),
        "balanced": Balanced(quality=_QUARTER, cost=_QUARTER, latency=_QUARTER, reliability=_QUARTER),
        "premium": HighestQuality(),
    }
)
