"""How much of a text is searched for what is sensitive, by what that takes.

Prose is quick. A number or an address must be judged, and takes as long as a
hundred characters without, so that of a table less is searched than of a book.
It is counted and not timed: the same request is always searched as far.
"""

from collections.abc import Iterable
from typing import Final

from optipath_router.classify.narrowed import narrowed

LOOKED_THROUGH: Final = 500_000
"""The most that is searched, in characters of prose: about 60 ms of the event loop, while all else waits.

Beyond it nothing is known, and data boundaries take the request for sensitive.
"""
NUMBER: Final = 100
"""As many characters of prose take as long as one number, or one `@`."""
WIDE_NUMBER: Final = 350
"""The same in a text beyond ASCII, whose words beside a number are more and found more slowly."""

_STEP: Final = 4096
_DIGITS: Final = bytes(ord("0") if ord("0") <= sign <= ord("9") else ord(" ") for sign in range(256))
"""All digits are one, and all else is space: a number begins at each of the one after the other."""


def weight(text: str) -> int:
    """How many characters of prose take as long."""
    each = NUMBER
    if not text.isascii():
        text, each = narrowed(text), WIDE_NUMBER
    signs = b" " + text.encode("ascii", "replace")
    return len(text) + each * (signs.translate(_DIGITS).count(b" 0") + signs.count(b"@"))


def up_to(most: int, pieces: Iterable[str]) -> tuple[str, bool]:
    """The pieces as one text of a bounded weight, and whether something was cut off."""
    taken: list[str] = []
    left = most
    for piece in pieces:
        for begin in range(0, len(piece), _STEP):
            step = piece[begin : begin + _STEP]
            if (weighs := weight(step)) > left:
                taken.append(piece[: begin + len(step) * left // weighs])
                return "\n".join(taken), True
            left -= weighs
        taken.append(piece)
        left = max(0, left - 1)
    return "\n".join(taken), False
