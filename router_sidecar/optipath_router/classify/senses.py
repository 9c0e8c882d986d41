"""Senses: what understands a text, one callable for each kind of understanding.

They are handed in, so that a router loads none that its policies ask nothing
of. A sense that is not there leaves its features unknown.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

import msgspec


class Outlook(Protocol):
    """How well models are expected to do on a question."""

    def known(self, names: Iterable[str], /) -> Mapping[str, float]:
        """Quality, 0 to 1, of those models that the routing model knows, by the names given."""
        ...


class Prediction(Protocol):
    """What the routing model makes of a question."""

    @property
    def tasks(self) -> tuple[tuple[str, float], ...]:
        """Task types with their probabilities, the likeliest first."""
        ...

    @property
    def domain(self) -> str:
        """What it is about."""
        ...

    @property
    def difficulty(self) -> float:
        """From 0 to 1."""
        ...

    @property
    def language(self) -> str:
        """ISO 639-1."""
        ...

    @property
    def cues(self) -> tuple[str, ...]:
        """What spoke for the likeliest task type, never in the prompt's own words."""
        ...

    @property
    def difficulty_cues(self) -> tuple[str, ...]:
        """What made it more or less difficult, likewise."""
        ...

    @property
    def outlook(self) -> Outlook:
        """What is expected of models."""
        ...


class Found(Protocol):
    """Something sensitive."""

    @property
    def kind(self) -> str:
        """`PII` or `Secret`."""
        ...

    @property
    def what(self) -> str:
        """A word of a closed list, such as an e-mail address; never the text itself."""
        ...


class Timely(Protocol):
    """How a question stands to the present."""

    @property
    def kind(self) -> str:
        """`Fresh` or `Urgent`."""
        ...

    @property
    def what(self) -> str:
        """What it was seen from: a word of a closed list."""
        ...


class Senses(msgspec.Struct, frozen=True):
    """All senses of a router."""

    model: Callable[[str], Prediction] | None = None
    language: Callable[[str], str | None] | None = None
    """ISO 639-1."""
    timeliness: Callable[[str, str], Iterable[Timely]] | None = None
    """From a question and its language, which is empty where it is not known."""
    sensitivity: Callable[[str], Iterable[Found]] | None = None


NO_SENSES: Final = Senses()
OF_MODEL: Final = frozenset({"tasks", "domain", "difficulty", "known_quality"})
"""What the routing model tells."""
LoadSenses = Callable[[frozenset[str]], Senses]
"""Loads the senses for features, by their names."""


def own_senses(wanted: frozenset[str]) -> Senses:
    """The senses of this release's that features need, loaded."""
    # Here, for all of them together take six MiB.
    model = spoken = timely = sensitive = None
    if wanted & OF_MODEL:
        from optipath_router.classify.model import shipped  # noqa: PLC0415

        model = shipped().predict
    if not wanted.isdisjoint(("language", "timeliness")):
        from optipath_router.classify.language import language  # noqa: PLC0415

        def spoken(text: str) -> str | None:
            return language(text)[0]

    if "timeliness" in wanted:
        from optipath_router.classify.timeliness import timeliness  # noqa: PLC0415

        timely = timeliness
    if "sensitivity" in wanted:
        from optipath_router.classify.sensitivity import sensitivity  # noqa: PLC0415

        sensitive = sensitivity
    return Senses(model, spoken, timely, sensitive)
