"""Which row a word or a pair of words has: by checksum, without the words themselves.

A Python dictionary of 16,000 strings takes 2 MiB, these arrays a tenth of it.
An unknown word is taken for a known one once in a quarter of a million times.
"""

from array import array
from collections.abc import Iterable
from itertools import accumulate, pairwise
from typing import Final
from zlib import crc32

_SHIFT: Final = 16
_BUCKETS: Final = 1 << 16


def checksum(gram: str) -> int:
    """What stands for a word in the model's file."""
    return crc32(gram.encode())


class Vocabulary:
    """The rows of known words: row `n` is that of the n-th checksum, in ascending order."""

    def __init__(self, checksums: "array[int]") -> None:
        if len(checksums) >= _BUCKETS:
            raise ValueError(f"a vocabulary of {len(checksums)} words is too large: at most {_BUCKETS - 1}")
        if any(one >= other for one, other in pairwise(checksums)):
            raise ValueError("the vocabulary's checksums do not ascend")
        self._checksums = checksums
        sizes = bytearray(_BUCKETS)
        for each in checksums:
            sizes[each >> _SHIFT] += 1
        self._sizes = bytes(sizes)
        self._starts = array("H", accumulate(sizes, initial=0))

    def __len__(self) -> int:
        return len(self._checksums)

    def rows(self, grams: Iterable[str]) -> list[int]:
        """The rows of those that are known."""
        checksums, sizes, starts = self._checksums, self._sizes, self._starts
        # Most unknown words fall into an empty bucket.
        likely = [each for each in map(crc32, map(str.encode, grams)) if sizes[each >> _SHIFT]]
        found = []
        for each in likely:
            start = starts[each >> _SHIFT]
            for row in range(start, start + sizes[each >> _SHIFT]):
                if checksums[row] == each:
                    found.append(row)
                    break
        return found
