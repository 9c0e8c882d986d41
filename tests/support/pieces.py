"""Streams in pieces."""

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeVar

from optipath_router.errors import UpstreamBroken

T = TypeVar("T")


def cut(stream: bytes, places: Iterable[int]) -> list[bytes]:
    """A stream cut in places, each of which is taken modulo its length."""
    edges = sorted({0, len(stream), *(place % (len(stream) + 1) for place in places)})
    return [stream[begin:end] for begin, end in pairwise(edges)]


def steps(stream: bytes, step: int) -> list[bytes]:
    """A stream in pieces of one length."""
    return [stream[at : at + step] for at in range(0, len(stream), step)]


def until_broken(things: Iterable[T]) -> tuple[list[T], UpstreamBroken | None]:
    """What comes before a failure, and the failure."""
    seen = []
    try:
        for thing in things:
            seen.append(thing)  # noqa: PERF402  what came before the failure counts
    except UpstreamBroken as broken:
        return seen, broken
    return seen, None
