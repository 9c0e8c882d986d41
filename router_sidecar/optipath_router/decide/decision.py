"""A decision: every target considered, where it ranks or why it was left out, and what all this rests on."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from optipath_router.chat.features import Features
from optipath_router.decide.scored import Scored
from optipath_snapshot import PolicyRef, Resilience, Target


class Reason(StrEnum):
    """Why a target was left out; a closed list."""

    NOT_ALLOWED = "not_allowed"
    """A policy above the tenant's own keeps its namespace from it, whatever the request."""
    DATA_BOUNDARY = "data_boundary"
    """A policy does not let what is in the request go there."""
    CAPABILITY = "capability"
    UNSUPPORTED_FEATURE = "unsupported_feature"
    """Its dialect cannot say what the request says, and no policy allows that to be lost."""
    CONTEXT_WINDOW = "context_window"
    OUTPUT_LIMIT = "output_limit"
    BREAKER_OPEN = "breaker_open"
    """It failed of late, and rests or is being probed."""
    EJECTED = "ejected"
    """It does far worse than others that serve the same model."""
    COOLING_DOWN = "cooling_down"
    """It asked for patience a moment ago, or the account is spent."""
    KEY_REFUSED = "key_refused"
    """It refused every key a moment ago."""
    CONCURRENCY = "concurrency"
    """Its provider is at work on as many requests as it may be."""
    COST_LIMIT = "cost_limit"
    """The request would cost more there than the rule allows, or nobody knows what."""


class Basis(StrEnum):
    """What led to the targets that were considered."""

    RULE = "rule"
    """The first rule that matched."""
    ALIAS = "alias"
    """No rule matched, no provider declares such a model, and it is one of our aliases, for all targets."""
    MODEL = "model"
    """No rule matched, and the app named a model that a provider declares."""
    NOTHING = "nothing"
    """No rule matched, and nobody declares such a model."""


class LeftOut(msgspec.Struct, frozen=True):
    """A target that may not serve this request."""

    target: str
    reason: Reason
    detail: str
    until: float | None = None
    """The moment, on the monotonic clock, at which the reason passes by itself; None where that is not known."""


class Measured(msgspec.Struct, frozen=True):
    """How a target has answered of late."""

    answers: int
    """How many answers the times rest on."""
    first_content_seconds: float
    token_seconds: float
    """For each token of the answer."""
    attempts: int
    """How many attempts the share rests on."""
    success_share: float
    """0 to 1; drawn towards what is usual while there are few attempts."""


class Warm(msgspec.Struct, frozen=True):
    """Where a conversation was served a moment ago: that provider's prompt cache may hold it."""

    target: str
    tokens: int
    """Of the prompt then, and its answer."""


class RuleTrace(msgspec.Struct, frozen=True):
    """A rule that was asked; `failed` says which clause did not hold, and is empty for the one that matched."""

    policy: PolicyRef
    rule: str
    failed: str = ""


class BoundaryTrace(msgspec.Struct, frozen=True):
    """A data boundary that binds the request, and why it does."""

    policy: PolicyRef
    boundary: str
    why: str


_FROM_NOWHERE_ELSE: Final[Mapping[str, str]] = MappingProxyType({})


class Decision(msgspec.Struct, frozen=True):
    """Which targets may serve a request, in order of preference, and why."""

    model: str
    """What the app asked for."""
    features: Features
    """What was seen in the request."""
    basis: Basis
    policy: PolicyRef | None
    rule: str | None
    strategy: str
    ranking: tuple[Target, ...]
    left_out: tuple[LeftOut, ...]
    rules: tuple[RuleTrace, ...]
    """The rules that were asked, in order."""
    resilience: Resilience
    snapshot: str
    """Digest of the snapshot that it was decided from."""
    health: int
    """Version of the health view that it was decided from."""
    turn: int
    """How many requests the rule had ranked before; of use where it takes turns."""
    draw: int
    """The randomness that it was decided with; where a sticky key stands for it, what the key comes to."""
    route: str = ""
    """The id of the route, as health views count it; empty where no rule matched."""
    nearest: tuple[str, ...] = ()
    """Names like the one asked for, where nobody knows that one."""
    boundaries: tuple[BoundaryTrace, ...] = ()
    """Those that bind the request."""
    scored: tuple[Scored, ...] = ()
    """What the strategy made of each candidate, the best first; empty where it looks at none of that."""
    nevertheless: tuple[LeftOut, ...] = ()
    """What stood against those that were considered although they do badly, for nobody was well."""
    in_flight: Mapping[str, int] | None = None
    """What it was decided from of the health view, by the candidates' names; None where it did not matter."""
    measured: Mapping[str, Measured] | None = None
    warm: Warm | None = None
    tier: str | None = None
    """The SLA class of the namespace."""
    provenance: Mapping[str, str] = _FROM_NOWHERE_ELSE
    """Which policy each field of the rule comes from that its own does not say."""
