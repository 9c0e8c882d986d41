"""The latest decisions, by id: a ring of a bounded number of records, which say a bounded number of things.

What is said of a target or a rule may be a text of its own, and there may be
thousands of either.
"""

from collections import OrderedDict

from optipath_router.account.record import Record


class Decisions:
    """Keeps the latest records, and forgets the oldest for each one too many."""

    def __init__(self, at_most: int = 1000, targets_at_most: int = 10_000, rules_at_most: int = 50_000) -> None:
        """Take how many records are kept, and how many targets and rules they may have considered together."""
        self._at_most, self._targets_at_most, self._rules_at_most = at_most, targets_at_most, rules_at_most
        self._records: OrderedDict[str, Record] = OrderedDict()
        self._targets = self._rules = 0

    def add(self, record: Record) -> None:
        """Keep a record."""
        if (before := self._records.pop(record.id, None)) is not None:
            self._count(before, -1)
        self._records[record.id] = record
        self._count(record, 1)
        while len(self._records) > self._at_most or (
            (self._targets > self._targets_at_most or self._rules > self._rules_at_most) and len(self._records) > 1
        ):
            _, oldest = self._records.popitem(last=False)
            self._count(oldest, -1)

    def get(self, decision_id: str) -> Record | None:
        """The record of a decision, as long as it is kept."""
        return self._records.get(decision_id)

    def __len__(self) -> int:
        return len(self._records)

    def _count(self, record: Record, times: int) -> None:
        """Count what a record says something of: an alias considers all targets that there are."""
        decision = record.decision
        targets = max(len(decision.scored), len(decision.ranking)) + len(decision.left_out)
        self._targets += times * targets
        self._rules += times * len(decision.rules)
