"""A text whose digits, signs and spaces are as ASCII has them, whoever typed it."""

from typing import Final

# Digits, signs, spaces and dashes as other keyboards and typesetters write them; one character each, so that places
# stay what they are.
_NARROW: Final = {chr(wide): chr(wide - 0xFEE0) for wide in (*range(0xFF10, 0xFF1A), 0xFF20, 0xFF1A, 0xFF1D, 0xFF0D)}
_PLAIN: Final = (
    _NARROW | dict.fromkeys("\u3000\u00a0\u202f", " ") | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
)


def narrowed(text: str) -> str:
    """A text with plain signs for wide ones, each where it was."""
    # A search of the whole window for each sign takes a microsecond, and a call for each character far more.
    for wide, plain in _PLAIN.items():
        text = text.replace(wide, plain)
    return text
