"""Rows of small weights, added up by the hundred in a few operations on large integers.

A row holds one byte a lane. A block of rows is read as one integer; its even
and its odd bytes are spread over lanes of 16 bits, and the block is folded in
half until one row is left. Up to 256 bytes of 255 fit into 16 bits. This needs
no memory but the bytes themselves: 16,000 Python integers would take 6 MiB.
"""

from collections.abc import Sequence
from functools import cache
from itertools import chain
from operator import add
from struct import Struct
from typing import Final

_BLOCK: Final = 256
"""As many rows can be added in lanes of 16 bits."""
_HEIGHTS: Final = tuple(1 << power for power in range(_BLOCK.bit_length()))


class Rows:
    """A table of weights, one byte a lane; a row's weight is its byte minus 128."""

    def __init__(self, table: bytes, lanes: int) -> None:
        if lanes % 2 or len(table) % lanes:
            raise ValueError(f"a table of {len(table)} bytes has no rows of {lanes} lanes, an even number")
        self._table = table
        self._lanes = lanes
        self._unpack = Struct(f"<{lanes // 2}H").unpack
        self._even = {height: _even(lanes * height) for height in _HEIGHTS}
        self._half = {height: _half(lanes * height) for height in _HEIGHTS}

    def __len__(self) -> int:
        return len(self._table) // self._lanes

    def weight(self, row: int, lane: int) -> int:
        """One weight."""
        return self._table[row * self._lanes + lane] - 128

    def total(self, rows: Sequence[int]) -> list[int]:
        """The sum of some rows' bytes, lane by lane; `128 * len(rows)` more than that of their weights."""
        if not rows:
            return [0] * self._lanes
        blocks = [self._block(rows[at : at + _BLOCK]) for at in range(0, len(rows), _BLOCK)]
        total = blocks[0]
        for block in blocks[1:]:
            total = list(map(add, total, block))
        return total

    def _block(self, rows: Sequence[int]) -> list[int]:
        table, lanes = self._table, self._lanes
        whole = int.from_bytes(b"".join([table[row * lanes : row * lanes + lanes] for row in rows]), "little")
        height = 1 << (len(rows) - 1).bit_length()
        mask = self._even[height]
        even = self._folded(whole & mask, height)
        odd = self._folded(whole >> 8 & mask, height)
        return list(chain.from_iterable(zip(even, odd, strict=True)))

    def _folded(self, whole: int, height: int) -> tuple[int, ...]:
        while height > 1:
            whole = (whole & self._half[height]) + (whole >> 4 * self._lanes * height)
            height //= 2
        return self._unpack(whole.to_bytes(self._lanes, "little"))


@cache
def _even(size: int) -> int:
    """A mask of every second byte, as many bytes long."""
    return int.from_bytes(b"\xff\x00" * (size // 2), "little")


@cache
def _half(size: int) -> int:
    """A mask of the lower half of so many bytes."""
    return (1 << 4 * size) - 1
