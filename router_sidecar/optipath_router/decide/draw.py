"""Chance, as a value: one draw a request, from which every target gets a number of its own."""

from zlib import crc32

_MASK = (1 << 64) - 1


def uniform(draw: int, name: str) -> float:
    """A number in (0, 1] for a target under a draw of 64 bits, whatever other targets there are.

    Steele, Lea and Flood (2014): SplitMix64's finalizer spreads the bits of
    the draw and the name. As each target's number hangs on its name alone,
    the order in which targets are given changes nothing.
    """
    mixed = (draw + crc32(name.encode()) * 0x9E3779B97F4A7C15) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((mixed ^ (mixed >> 31)) + 1) / (1 << 64)
