"""What was spent since this router started, by target and by provider.

It is for people to see. Dollars of attempts whose tokens are an estimate are
in the sum, and told apart; those that nobody knows the price of are counted.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from types import MappingProxyType

from optipath_router.account.billing import Bill
from optipath_router.account.record import Record


class Spent:
    """What one target, or all of one provider, has taken so far."""

    __slots__ = ("attempts", "dollars", "estimated_dollars", "input_tokens", "output_tokens", "unpriced")

    def __init__(self) -> None:
        self.dollars = self.estimated_dollars = Decimal(0)
        self.input_tokens = self.output_tokens = 0
        self.attempts = 0
        """Those that took something."""
        self.unpriced = 0
        """Those among them whose price is not known."""

    def add(self, bill: Bill) -> None:
        """Add what an attempt was booked with."""
        usage, cost = bill.usage, bill.cost
        if usage is None:
            return
        self.attempts += 1
        self.input_tokens += usage.input_tokens
        self.output_tokens += usage.output_tokens
        if cost is None:
            self.unpriced += 1
            return
        self.dollars += cost
        if usage.estimated:
            self.estimated_dollars += cost


class Spending:
    """What was spent at every target and provider of the snapshot in force."""

    def __init__(self) -> None:
        self._targets: dict[str, Spent] = {}
        self._providers: dict[str, Spent] = {}
        self.targets: Mapping[str, Spent] = MappingProxyType(self._targets)
        self.providers: Mapping[str, Spent] = MappingProxyType(self._providers)

    def add(self, record: Record) -> None:
        """Add what a request's attempts took."""
        for tried, bill in zip(record.tried, record.bills, strict=True):
            if bill.usage is not None:
                _of(self._targets, tried.target.name).add(bill)
                _of(self._providers, tried.target.provider).add(bill)

    def keep(self, providers: Collection[str], targets: Collection[str]) -> None:
        """Forget all but these; what a target took that is gone stays in its provider's sum."""
        for kept, known in ((targets, self._targets), (providers, self._providers)):
            for name in known.keys() - set(kept):
                del known[name]


def _of(known: dict[str, Spent], name: str) -> Spent:
    found = known.get(name)
    if found is None:
        found = known[name] = Spent()
    return found
