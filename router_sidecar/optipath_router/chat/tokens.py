"""How many tokens a text has, without a tokenizer.

A tokenizer gives most words of English a token of their own, longer ones a
second, and cuts numbers, marks and other scripts smaller. So each of these has
a price, fitted to recorded usage (classify/README.md has the figures).
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

_LONGEST_TOKEN: Final = 16
"""Characters. Providers stream a token at a time, or many at once; hardly a single token is longer than this."""
_WHOLE: Final = 4096
"""Characters. Of a longer text a sample is read, so that no prompt costs more than its reading."""
_SLICES: Final = 16


class Prices(NamedTuple):
    """Tokens for each word, and for each character of a kind on top of it."""

    word: float
    letter: float
    digit: float
    mark: float
    line: float


PROSE: Final = Prices(word=0.86, letter=0.05, digit=0.6, mark=0.49, line=0.4)
SCHEMA: Final = Prices(word=1.15, letter=0.05, digit=0.6, mark=0.25, line=0.1)
"""Of JSON: tokenizers know its quotes, colons and braces in rows."""
_TWO_BYTES, _THREE_BYTES, _FOUR_BYTES = 0.4, 0.85, 1.2
"""For a character by its length in UTF-8: Latin with accents, Greek and Cyrillic; most of Asia; emoji."""

_ALL: Final = bytes(range(256))
_DIGITS: Final = b"0123456789"
_LETTERS: Final = bytes(byte for byte in range(128) if chr(byte).isalpha())
_MARKS: Final = bytes(byte for byte in range(33, 127) if not chr(byte).isalnum())
_WORDS: Final = bytes(ord("a") if byte in _LETTERS or byte > 127 else ord(" ") for byte in range(256))
"""A table that leaves words and the space between them."""
_BETWEEN: Final = "\0"
"""Between texts that are counted together: no word goes on behind it, and it has no price."""


def _all_but(*kept: bytes) -> bytes:
    return _ALL.translate(None, b"".join(kept))


_NO_DIGITS: Final = _all_but(_DIGITS)
_NO_MARKS: Final = _all_but(_MARKS)
_NO_LEADS: Final = tuple(_all_but(bytes(leads)) for leads in (range(0xC2, 0xE0), range(0xE0, 0xF0), range(0xF0, 0xF5)))


def text_tokens(text: str) -> int:
    """An estimate of a text's tokens."""
    return max(1, round(tokens((text,)))) if text else 0


def piece_tokens(text: str) -> int:
    """An estimate of the tokens in one piece of a stream: a short one is a single token."""
    return min(len(text), 1) if len(text) <= _LONGEST_TOKEN else text_tokens(text)


def tokens(texts: Iterable[str], prices: Prices = PROSE) -> float:
    """The same of several together, before it is rounded, and at other prices."""
    text = _BETWEEN.join(texts)
    length = len(text)
    if length <= _WHOLE:
        return _counted(text.encode("utf-8", "surrogatepass"), prices)
    size = _WHOLE // _SLICES
    starts = [(length - size) * slice_ // (_SLICES - 1) for slice_ in range(_SLICES)]
    sample = "".join([text[start : start + size] for start in starts])
    return _counted(sample.encode("utf-8", "surrogatepass"), prices) * length / len(sample)


def _counted(data: bytes, prices: Prices) -> float:
    words = data.translate(_WORDS)
    rest = data.translate(None, _LETTERS)  # most of a text is letters, so that what is counted in the rest costs little
    total = (
        # A word begins behind a space, or is the first: to count them takes a third of the time of splitting.
        prices.word * (words.count(b" a") + words.startswith(b"a"))
        + prices.letter * (len(data) - len(rest))
        + prices.digit * len(rest.translate(None, _NO_DIGITS))
        + prices.mark * len(rest.translate(None, _NO_MARKS))
        + prices.line * rest.count(b"\n")
    )
    if rest.isascii():
        return total
    two, three, four = (len(rest.translate(None, others)) for others in _NO_LEADS)
    return total + _TWO_BYTES * two + _THREE_BYTES * three + _FOUR_BYTES * four
