"""The whole text, slice by slice.

A find stands alone: where two claim the same characters, the one that says
more is kept (the order of `What`). What may still be claimed by the next slice
waits for it, so that slices of any size find the same.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from optipath_router.classify.sensitivity.assignments import assignments
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
    waiting: list[Found] = []
    resume = 0
    for begin in range(0, len(text), slice_chars):
        window = Window.of(text, begin, min(begin + slice_chars, len(text)))
        digits, resume = numbers(window, resume)
        new = [found for detector in _DETECTORS for found in detector(window)]
        new += digits
        # A long find ends beyond the window; names near its end are those of what stands there.
        new += [name for found in new for name in names_near(window, found)]
        waiting += new
        ready, waiting = _settled(waiting, begin + slice_chars - AROUND) if waiting else ((), waiting)
        yield ready
    if waiting:
        yield _settled(waiting, None)[0]


def _settled(waiting: list[Found], until: int | None) -> tuple[tuple[Found, ...], list[Found]]:
    """What stands of finds that no later one can reach, and the rest."""
    kept: list[Found] = []
    waiting.sort(key=lambda found: (found.start, found.end))
    at = 0
    while at < len(waiting):
        last, reach = at, waiting[at].end
        while last + 1 < len(waiting) and waiting[last + 1].start < reach:
            last += 1
            reach = max(reach, waiting[last].end)
        if until is not None and reach > until:
            break
        kept += _standing(waiting[at : last + 1])
        at = last + 1
    return tuple(kept), waiting[at:]


def _standing(rivals: list[Found]) -> list[Found]:
    """Those of a cluster that no better one overlaps."""
    if len(rivals) == 1:
        return rivals
    kept: list[Found] = []
    for found in sorted(
        set(rivals), key=lambda found: (found.what.rank, found.start - found.end, found.start, found.country or "")
    ):
        if all(found.end <= other.start or other.end <= found.start for other in kept):
            kept.append(found)
    return sorted(kept, key=lambda found: found.start)
