"""Windows: a slice of a text, with enough around it to judge what begins in it.

What a detector sees from one anchor is at most `AROUND` away, so that it finds
the same in slices of any size.
"""

from collections.abc import Iterator
from typing import Final, Self

import msgspec

from optipath_router.classify.sensitivity.found import Found, What

AROUND: Final = 640

# Digits and signs as East Asian keyboards write them; one character each, so that places stay what they are.
_NARROW: Final = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x00A0: 0x20, 0x202F: 0x20}
_WIDE: Final = "０１２３４５６７８９＠：＝－　\u00a0\u202f"
_DASHES: Final = {0x2010: 0x2D, 0x2011: 0x2D, 0x2012: 0x2D, 0x2013: 0x2D, 0x2212: 0x2D}


class Window(msgspec.Struct, frozen=True):
    """A slice and its surroundings. `begin` and `end` are the slice's places in `text`."""

    whole: str
    text: str
    lower: str
    begin: int
    end: int
    offset: int
    """Where `text` begins in `whole`."""

    @classmethod
    def of(cls, whole: str, begin: int, end: int) -> Self:
        """The window of a slice."""
        offset = max(0, begin - AROUND)
        text = whole[offset : end + AROUND]
        if not text.isascii():
            text = _plain(text)
        return cls(whole, text, lowered(text), begin - offset, end - offset, offset)

    def found(self, what: What, start: int, end: int, country: str | None = None) -> Found:
        """A find, by its places in `text`."""
        return Found(what, start + self.offset, end + self.offset, country)

    def each(self, sign: str) -> Iterator[int]:
        """Where a sign stands in the slice."""
        return places(self.text, sign, self.begin, self.end)

    def each_word(self, word: str) -> Iterator[int]:
        """Where a word in lower case begins in the slice."""
        return places(self.lower, word, self.begin, self.end)


def places(text: str, sign: str, begin: int, end: int) -> Iterator[int]:
    """Where a sign begins, from `begin` to before `end`."""
    reach = end + len(sign) - 1
    at = text.find(sign, begin, reach)
    while at >= 0:
        yield at
        at = text.find(sign, at + 1, reach)


def lowered(text: str) -> str:
    """A text in lower case, each character where it was: `İ` alone becomes two, and is left."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(small if len(small := sign.lower()) == 1 else sign for sign in text)


def _plain(text: str) -> str:
    """A text with digits, spaces and dashes as ASCII has them."""
    if any(sign in text for sign in _WIDE):
        text = text.translate(_NARROW)
    return text.translate(_DASHES) if any(chr(dash) in text for dash in _DASHES) else text
