"""Scores: what a candidate's place in a ranking rests on, part by part."""

from enum import StrEnum

import msgspec

from optipath_snapshot import QualitySource


class Part(StrEnum):
    """What a score is made of; a closed list."""

    COST = "cost"
    """Dollars for the whole request."""
    LATENCY = "latency"
    """Seconds: to the first content of a stream, to the end of any other answer."""
    QUALITY = "quality"
    """0 to 1, on this request."""
    RELIABILITY = "reliability"
    """The share of attempts that go well, 0 to 1."""
    IN_FLIGHT = "in_flight"
    """Attempts under way."""


class Source(StrEnum):
    """Where the value of a part comes from; a closed list."""

    UNKNOWN = "unknown"
    PRICES = "prices"
    """Expected tokens times prices."""
    PRICES_CACHED = "prices_cached"
    """The same, less what the provider's prompt cache saves on this conversation."""
    KNOWN_MODEL = "known_model"
    """The routing model knows how good the target's model is on requests like this one."""
    DECLARED = "declared"
    """As the provider declares it; neither task type nor difficulty was seen, or it declares none by task type."""
    DECLARED_BY_TASK = "declared_by_task"
    DECLARED_BY_DIFFICULTY = "declared_by_difficulty"
    DECLARED_BY_TASK_AND_DIFFICULTY = "declared_by_task_and_difficulty"
    MEASURED = "measured"
    """This router's own averages."""
    PRIOR = "prior"
    """What is usual; the target has not answered often enough of late."""
    COUNTED = "counted"
    PLUGIN = "plugin"


class ScorePart(msgspec.Struct, frozen=True, gc=False):
    """One part of a score. `points` times `weight`, added up over the parts, is the total."""

    name: str
    value: float | None
    """In its own unit; None where it is not known."""
    points: float
    """The value on a scale on which more is better; see decide/rank/README.md."""
    weight: float
    """0 where it only parts candidates that are equal otherwise."""
    source: Source


class Scored(msgspec.Struct, frozen=True):
    """A candidate, with what it was ranked by."""

    target: str
    total: float
    parts: tuple[ScorePart, ...]
    note: str = ""
    """Why it comes after others whatever its total."""
    quality_source: QualitySource | None = None
    """Whose judgement its declared quality is, where that was looked at and somebody says."""

    def part(self, name: str) -> ScorePart | None:
        """The part of that name."""
        return next((part for part in self.parts if part.name == name), None)
