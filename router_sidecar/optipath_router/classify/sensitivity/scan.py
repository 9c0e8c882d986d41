"""The whole text, slice by slice.

A slice is looked at with what surrounds it, and what it leaves open waits for
the next one, so that slices of any size find the same.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from optipath_router.classify.sensitivity.assignments import assignments
from optipath_router.classify.sensitivity.claims import Claims
from optipath_router.classify.sensitivity.found import Found
from optipath_router.classify.sensitivity.names import names_near
from optipath_router.classify.sensitivity.network import emails
from optipath_router.classify.sensitivity.numbers import numbers
from optipath_router.classify.sensitivity.secrets import connections, private_keys, tokens
from optipath_router.classify.sensitivity.window import AROUND, Window

SLICE_CHARS: Final = 4096
"""A slice of prose takes a fifth of a millisecond."""

_DETECTORS: Final[tuple[Callable[[Window], Iterable[Found]], ...]] = (
    tokens,
    private_keys,
    connections,
    assignments,
    emails,
)


def sensitivity(text: str) -> tuple[Found, ...]:
    """What a text holds, in order; no two finds share a character."""
    return tuple(found for part in scan(text) for found in part)


def scan(text: str, slice_chars: int = SLICE_CHARS) -> Iterator[tuple[Found, ...]]:
    """What a text holds, a step for each slice, so that a caller on an event loop can breathe between them."""
    if slice_chars < 1:
        raise ValueError(f"slice_chars must be at least 1, and is {slice_chars}")
    claims = Claims()
    resume = 0
    for begin in range(0, len(text), slice_chars):
        window = Window.of(text, begin, min(begin + slice_chars, len(text)))
        digits, resume = numbers(window, resume)
        new = [*digits, *(found for detector in _DETECTORS for found in detector(window))]
        claims.add(new)
        claims.add(names_near(window, new))
        yield claims.settled(begin + slice_chars - AROUND)
    yield claims.settled()
