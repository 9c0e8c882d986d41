"""Windows: a slice of a text, with enough around it to judge what begins in it.

What a detector sees from one anchor is at most `AROUND` away, so that it finds
the same in slices of any size.
"""

from collections.abc import Iterator
from typing import Final, Self

import msgspec

from optipath_router.classify.narrowed import narrowed
from optipath_router.classify.sensitivity.found import Found, What

AROUND: Final = 640


class Window(msgspec.Struct, frozen=True):
    """A slice and its surroundings. `begin` and `end` are the slice's places in `text`."""

    whole: str
    text: str
    lower: str
    ascii: str
    """The text, with question marks for what is not ASCII: words of ASCII are found in it faster."""
    ascii_lower: str
    begin: int
    end: int
    offset: int
    """Where `text` begins in `whole`."""

    @classmethod
    def of(cls, whole: str, begin: int, end: int) -> Self:
        """The window of a slice."""
        offset = max(0, begin - AROUND)
        text = whole[offset : end + AROUND]
        if text.isascii():
            lower = text.lower()
            return cls(whole, text, lower, text, lower, begin - offset, end - offset, offset)
        text = narrowed(text)
        lower = lowered(text)
        bare, bare_lower = _ascii(text), _ascii(lower)
        return cls(whole, text, lower, bare, bare_lower, begin - offset, end - offset, offset)

    def found(self, what: What, start: int, end: int, country: str | None = None) -> Found:
        """A find, by its places in `text`."""
        return Found(what, start + self.offset, end + self.offset, country)

    def each(self, sign: str) -> Iterator[int]:
        """Where a sign stands in the slice."""
        return places(self.ascii if sign.isascii() else self.text, sign, self.begin, self.end)

    def each_word(self, word: str) -> Iterator[int]:
        """Where a word in lower case begins in the slice."""
        return places(self.ascii_lower if word.isascii() else self.lower, word, self.begin, self.end)


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


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode("ascii")
