"""What a rule matches: conditions on a request, and `all`, `any` and `not` around them.

A CRD's schema knows no recursion. So they nest twice, and the innermost are
plain conditions. As each of the three is a list, that is enough to write any
condition as a choice of combinations.
"""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from optipath_operator.resources.base import Cel, Spec
from optipath_operator.resources.headers import HeaderName, HeaderValue, Without
from optipath_operator.resources.lists import map_by, ordered, set_of
from optipath_operator.resources.scalars import ClockTime, EndOfDay, Fraction, Language, ModelPattern, TimeZone
from optipath_snapshot import SECRET_HEADERS

TaskType = Literal[
    "Code",
    "Math",
    "Reasoning",
    "Writing",
    "Roleplay",
    "Translation",
    "Summarization",
    "Extraction",
    "Classification",
    "Rewriting",
    "QA",
    "Chat",
]
Modality = Literal["Text", "Image", "Audio", "Document"]
Timeliness = Literal["Fresh", "Urgent"]
Sensitivity = Literal["PII", "Secret"]
Day = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

# One that compared keys would have to hold them.
_NOT_SECRET = Without(SECRET_HEADERS, "it carries a secret, which a policy would have to hold")


class HeaderMatchSpec(Spec):
    """A header that a request must carry, with exactly this value."""

    cel: ClassVar = (_NOT_SECRET.cel(),)

    name: Annotated[HeaderName, AfterValidator(_NOT_SECRET.check)]
    """Its name, in any case."""
    value: HeaderValue
    """Its value, to the letter."""


def _check_range(low: Any, high: Any) -> None:
    if low is None and high is None:
        raise PydanticCustomError("range", "must have min, max or both")
    if low is not None and high is not None and low > high:
        raise PydanticCustomError(
            "range", "must not have a min ({low}) above its max ({high})", {"low": str(low), "high": str(high)}
        )


_BOUNDED = Cel("has(self.min) || has(self.max)", "min, max or both must be given")


class DifficultyRangeSpec(Spec):
    """How demanding a request may be, from 0 to 1; both ends are included."""

    cel: ClassVar = (
        _BOUNDED,
        Cel("!has(self.min) || !has(self.max) || double(self.min) <= double(self.max)", "min must not be above max"),
    )

    min: Fraction | None = None
    """The least; 0 if not given."""
    max: Fraction | None = None
    """The most; 1 if not given."""

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        _check_range(self.min, self.max)
        return self


TokenCount = Annotated[int, Field(strict=True, ge=0, le=100_000_000)]


class TokenRangeSpec(Spec):
    """How many tokens there may be; both ends are included."""

    cel: ClassVar = (
        _BOUNDED,
        Cel("!has(self.min) || !has(self.max) || self.min <= self.max", "min must not be above max"),
    )

    min: TokenCount | None = None
    """The least; 0 if not given."""
    max: TokenCount | None = None
    """The most; any number if not given."""

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        _check_range(self.min, self.max)
        return self


class TimeWindowSpec(Spec):
    """A part of some days, by the clock on the wall; one that ends before it begins goes on into the next day."""

    cel: ClassVar = (
        Cel(
            "(has(self.from) ? self.from : '00:00') != (has(self.to) ? self.to : '24:00')",
            "from and to must not be the same; a whole day is neither",
        ),
    )

    days: Annotated[tuple[Day, ...] | None, set_of(at_most=7, at_least=1)] = None
    """Days on which it begins; all if not given."""
    begins: Annotated[ClockTime | None, Field(alias="from")] = None
    """When it begins, such as "08:00"; at midnight if not given."""
    ends: Annotated[EndOfDay | None, Field(alias="to")] = None
    """The first minute that is outside, such as "18:00" or "24:00"; the end of the day if not given."""
    time_zone: TimeZone | None = None
    """Whose clock it is, such as Europe/Berlin; UTC if not given."""

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if (self.begins or "00:00") == (self.ends or "24:00"):
            raise PydanticCustomError(
                "window",
                "must not begin when it ends ({begins}); for a whole day, leave both out",
                {"begins": self.begins or "00:00"},
            )
        return self


class Conditions(Spec):
    """Conditions on a request. All that are named must hold."""

    models: Annotated[tuple[ModelPattern, ...], set_of(at_most=32)] = ()
    """What the app asked for: exact names, and globs with * and ?. One of them must fit."""
    headers: Annotated[tuple[HeaderMatchSpec, ...], map_by("name", at_most=16, any_case=True)] = ()
    """Headers that the request must carry, all of them."""
    input_tokens: TokenRangeSpec | None = None
    """How long the input is, as the router estimates it: about four characters of English are a token."""
    modalities: Annotated[tuple[Modality, ...] | None, set_of(at_most=4, at_least=1)] = None
    """What the request is made of: any of these."""
    time_windows: Annotated[tuple[TimeWindowSpec, ...] | None, ordered(at_most=8, at_least=1, twice=True)] = None
    """When it comes: inside any of these."""
    languages: Annotated[tuple[Language, ...] | None, set_of(at_most=32, at_least=1)] = None
    """The language in which it is asked, such as en: any of these."""
    task_types: Annotated[tuple[TaskType, ...] | None, set_of(at_most=12, at_least=1)] = None
    """What is to be done: the likeliest task type must be any of these."""
    difficulty: DifficultyRangeSpec | None = None
    """How demanding it is, as the router predicts it."""
    timeliness: Annotated[tuple[Timeliness, ...] | None, set_of(at_most=2, at_least=1)] = None
    """Whether it needs facts of today (Fresh), or its author is in a hurry (Urgent): any of these."""
    sensitivity: Annotated[tuple[Sensitivity, ...] | None, set_of(at_most=2, at_least=1)] = None
    """What was found in the conversation's texts: data of a person (PII), keys and passwords (Secret): any of these.

    It is unknown, and neither holds nor does its contrary, where nothing was found and part of the request cannot be
    looked through, such as a picture.
    """


# For `any: [{}]` would hold for everything, and `not: [{}]` for nothing.
_NOT_EMPTY = ConfigDict(json_schema_extra={"minProperties": 1})


class _Nested(Conditions):
    """Conditions that say something."""

    model_config = _NOT_EMPTY

    @model_validator(mode="after")
    def _names_a_condition(self) -> Self:
        if not any(self.__dict__.values()):
            raise PydanticCustomError("match", "must name a condition, such as `models: [auto]`, and names none")
        return self


class InnermostMatchSpec(_Nested):
    """Conditions on a request. All that are named must hold."""


class InnerMatchSpec(_Nested):
    """Conditions on a request, and around others. All that is named must hold."""

    all_of: Annotated[
        tuple[InnermostMatchSpec, ...] | None, Field(alias="all"), ordered(at_most=4, at_least=1, twice=True)
    ] = None
    """All of these must hold."""
    any_of: Annotated[
        tuple[InnermostMatchSpec, ...] | None, Field(alias="any"), ordered(at_most=4, at_least=1, twice=True)
    ] = None
    """One of these must hold."""
    none_of: Annotated[
        tuple[InnermostMatchSpec, ...] | None, Field(alias="not"), ordered(at_most=4, at_least=1, twice=True)
    ] = None
    """None of these may hold."""


class MatchSpec(Conditions):
    """Which requests a rule is for. All that is named must hold; nothing named means every request."""

    all_of: Annotated[
        tuple[InnerMatchSpec, ...] | None, Field(alias="all"), ordered(at_most=8, at_least=1, twice=True)
    ] = None
    """All of these must hold."""
    any_of: Annotated[
        tuple[InnerMatchSpec, ...] | None, Field(alias="any"), ordered(at_most=8, at_least=1, twice=True)
    ] = None
    """One of these must hold."""
    none_of: Annotated[
        tuple[InnerMatchSpec, ...] | None, Field(alias="not"), ordered(at_most=8, at_least=1, twice=True)
    ] = None
    """None of these may hold."""
