"""What a process holds, read while it runs, and whether that grows."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression

_PARTS = 20
"""Into which the time is cut; of each the least counts, for what is under way comes and goes."""
TEN_MINUTES = 600.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a process holds at a moment."""

    seconds: float
    resident_mib: float
    files: int


def read(pid: int) -> Reading:
    """What a process holds now."""
    status = _status(pid)
    files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Reading(asyncio.get_running_loop().time(), int(status["VmRSS"].split()[0]) / 1024, files)


def peak_mib(pid: int) -> float:
    """The most memory that a process ever held."""
    return int(_status(pid)["VmHWM"].split()[0]) / 1024


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


Value = tuple[float, float]
"""A value behind the second at which it was read."""


def floors(readings: Sequence[Value]) -> list[Value]:
    """The least of each part of the time."""
    size = max(1, len(readings) // _PARTS)
    return [min(readings[at : at + size], key=lambda each: each[1]) for at in range(0, len(readings), size)]


def per_ten_minutes(readings: Sequence[Value]) -> float:
    """How much a value grows in ten minutes."""
    seconds, values = zip(*floors(readings), strict=True)
    return linear_regression(seconds, values).slope * TEN_MINUTES
