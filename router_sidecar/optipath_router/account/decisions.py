"""The latest decisions, by id: a ring of a bounded number of records."""

from collections import OrderedDict

from optipath_router.account.record import Record


class Decisions:
    """Keeps the latest records, and forgets the oldest for each one too many."""

    def __init__(self, at_most: int = 1000) -> None:
        self._at_most = at_most
        self._records: OrderedDict[str, Record] = OrderedDict()

    def add(self, record: Record) -> None:
        """Keep a record."""
        self._records[record.id] = record
        if len(self._records) > self._at_most:
            self._records.popitem(last=False)

    def get(self, decision_id: str) -> Record | None:
        """The record of a decision, as long as it is kept."""
        return self._records.get(decision_id)

    def __len__(self) -> int:
        return len(self._records)
