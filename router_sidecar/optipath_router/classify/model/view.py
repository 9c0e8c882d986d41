"""The part of a text that is looked at: its head and its tail.

What a text wants is said where it begins or where it ends. Looking at a fixed
number of characters is also what bounds the time that any text can take.
"""

from typing import Final

HEAD: Final = 3000
TAIL: Final = 1000
"""Characters; half as many of writing that says a word in one or two of them."""

_DENSE: Final = 0x2E80
_PROBE: Final = 64
"""Every so many characters of the head are looked at to tell the kind of writing."""


def view(text: str) -> str:
    """The head and the tail of a text, in lower case, and free of what cannot be encoded."""
    head, tail = (HEAD // 2, TAIL // 2) if _dense(text) else (HEAD, TAIL)
    if len(text) <= head + tail:
        seen = text.lower()[: HEAD + TAIL]
    else:
        # A few letters grow when they are put into lower case.
        seen = f"{text[:head].lower()[:head]}\n{text[-tail:].lower()[-tail:]}"
    # Lone surrogates come from JSON escapes.
    return seen.encode("utf-8", "replace").decode()


def _dense(text: str) -> bool:
    """Whether a long text is mostly Chinese, Japanese, Korean or the like."""
    if len(text) <= (HEAD + TAIL) // 2 or text.isascii():
        return False
    probes = text[:HEAD:_PROBE]
    return 2 * sum(ord(character) >= _DENSE for character in probes) > len(probes)
