"""Names like the one that nobody knows."""

from heapq import nlargest
from itertools import pairwise

_COMPARED = 30


def nearest(unknown: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The three names most like an unknown one, the likest first; fewer where few are alike.

    difflib takes 50 µs a name, which thousands of names would turn into a
    stall. So only those that share most pairs of letters are compared.
    """
    from difflib import get_close_matches  # noqa: PLC0415  0.2 MiB in every pod, for the few that misspell a name

    pairs = set(pairwise(unknown))
    likely = nlargest(_COMPARED, names, key=lambda name: len(pairs.intersection(pairwise(name))))
    return tuple(get_close_matches(unknown, likely, n=3, cutoff=0.5))
