"""Matches: which requests a route is for.

What a request asks for and carries stands in fields; whatever else is looked
at is a condition, a union told apart by `kind`: a router that does not know
one refuses the file, and never takes a route for wider than it is.
"""

from typing import Annotated, Literal

from pydantic import Field

from optipath_snapshot.money import Fraction
from optipath_snapshot.part import Part

Count = Annotated[int, Field(ge=0)]
Words = Annotated[tuple[str, ...], Field(min_length=1)]
Day = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


class HeaderMatch(Part):
    """A header that a request must carry."""

    name: str
    """In lower case."""
    value: str


class InputTokens(Part):
    """How long the input may be, both ends included."""

    kind: Literal["inputTokens"] = "inputTokens"
    min: Count | None = None
    max: Count | None = None


class Modalities(Part):
    """What a request is made of: any of these."""

    kind: Literal["modalities"] = "modalities"
    words: Words


class TimeWindow(Part):
    """A part of some days. One that ends before it begins goes on into the next day."""

    days: tuple[Day, ...] = ()
    """On which it begins; none named means all."""
    begins: Annotated[int, Field(ge=0, lt=1440)] = 0
    """Minutes since midnight, as a clock on the wall shows them."""
    ends: Annotated[int, Field(gt=0, le=1440)] = 1440
    """The first minute that is outside."""
    time_zone: str = "UTC"
    """A name of the IANA time zone database."""


class TimeWindows(Part):
    """When it must be: inside any of these."""

    kind: Literal["timeWindows"] = "timeWindows"
    windows: Annotated[tuple[TimeWindow, ...], Field(min_length=1)]


class Languages(Part):
    """The language must be one of these, by ISO 639-1."""

    kind: Literal["languages"] = "languages"
    words: Words


class TaskTypes(Part):
    """The likeliest task type must be one of these."""

    kind: Literal["taskTypes"] = "taskTypes"
    words: Words


class Difficulty(Part):
    """How demanding a request may be, both ends included."""

    kind: Literal["difficulty"] = "difficulty"
    min: Fraction | None = None
    max: Fraction | None = None


class Timeliness(Part):
    """How a request must stand to the present: any of these."""

    kind: Literal["timeliness"] = "timeliness"
    words: Words


class Sensitivity(Part):
    """What must have been found in a request: any of these."""

    kind: Literal["sensitivity"] = "sensitivity"
    words: Words


class AllOf(Part):
    """All of these must hold."""

    kind: Literal["all"] = "all"
    matches: "Matches"


class AnyOf(Part):
    """One of these must hold."""

    kind: Literal["any"] = "any"
    matches: "Matches"


class NoneOf(Part):
    """None of these may hold."""

    kind: Literal["not"] = "not"
    matches: "Matches"


Condition = Annotated[
    InputTokens
    | Modalities
    | TimeWindows
    | Languages
    | TaskTypes
    | Difficulty
    | Timeliness
    | Sensitivity
    | AllOf
    | AnyOf
    | NoneOf,
    Field(discriminator="kind"),
]


class Match(Part):
    """Which requests a route is for. All that is named must hold; an empty match holds for every request."""

    models: tuple[str, ...] = ()
    """Exact names and globs (`*` any run of signs, `?` any one), one of which must fit the name asked for."""
    headers: tuple[HeaderMatch, ...] = ()
    conditions: tuple[Condition, ...] = ()


Matches = Annotated[tuple[Match, ...], Field(min_length=1)]

for _each in (AllOf, AnyOf, NoneOf):
    _each.model_rebuild()
