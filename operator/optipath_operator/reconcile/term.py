"""What those who write now and then must know of leading."""

import asyncio
from typing import Protocol


class Term(Protocol):
    """Whether this operator leads, as its Lease tells."""

    held: asyncio.Event

    def leads(self) -> bool:
        """Whether it may write at this moment."""
