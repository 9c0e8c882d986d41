"""What strategies rank by, and what they give back."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from optipath_router.chat.features import Features
from optipath_router.decide.decision import LeftOut, Measured, Warm
from optipath_router.decide.health import Health
from optipath_router.decide.predict import Facts, Predictor
from optipath_router.decide.scored import Scored
from optipath_snapshot import Target

Candidates = tuple[Target, ...]
"""In the order in which the rule names them; for an alias, and a model asked for by name, by name."""


class Candidate(msgspec.Struct, frozen=True):
    """What a strategy of a user's is told of a target. What is not known is None, and never 0."""

    target: str
    """`provider/model`."""
    weight: int
    """As the rule gives it."""
    cost: float | None
    """Dollars that the request is predicted to cost there."""
    latency: float | None
    """Seconds: to the first content of a stream, to the end of any other answer."""
    quality: float | None
    """0 to 1, on this request."""
    reliability: float | None
    """The share of attempts that go well, 0 to 1."""
    in_flight: int
    """Attempts of this router's under way there."""


Custom = Callable[[Features, Sequence[Candidate]], Sequence[float] | None]
"""A strategy of a user's: a score for each candidate, the highest first; None where it has failed."""


class Given(msgspec.Struct, frozen=True):
    """All that a ranking may rest on."""

    features: Features
    health: Health
    facts: Mapping[str, Facts]
    """By the target's name."""
    route: str = ""
    """The rule's id; empty for an alias."""
    weights: Mapping[str, int] = {}
    """By the target's name."""
    turn: int = 0
    draw: int = 0
    custom: Custom | None = None
    """The plug-in that the rule names, where it is there."""

    @property
    def warm(self) -> Warm | None:
        """Where this conversation was served a moment ago."""
        conversation = self.features.conversation
        return self.health.warm.get(conversation) if conversation else None

    def predictor(self) -> Predictor:
        """The predictions for this request."""
        return Predictor(self.features, self.facts, self.health.measured, self.warm)


class Ranked(msgspec.Struct, frozen=True):
    """The candidates in order of preference."""

    targets: Candidates
    scored: tuple[Scored, ...] = ()
    """What it rests on: for each of the targets in their order, then for those left out."""
    left_out: tuple[LeftOut, ...] = ()
    """Candidates that the strategy itself admits not at all."""
    draw: int | None = None
    """The randomness of a sticky key, where that was taken in place of the one that was given."""
    in_flight: Mapping[str, int] | None = None
    """What was looked at of the health view."""
    measured: Mapping[str, Measured] | None = None
    warm: Warm | None = None
    instead: str = ""
    """The strategy that was taken in place of the rule's, and why."""
