"""A decision: every target considered, where it ranks or why it was left out, and what all this rests on."""

from dataclasses import dataclass
from enum import StrEnum

from optipath_snapshot import PolicyRef, Resilience, Target


class Reason(StrEnum):
    """Why a target was left out; a closed list."""

    CAPABILITY = "capability"
    CONTEXT_WINDOW = "context_window"
    OUTPUT_LIMIT = "output_limit"


class Basis(StrEnum):
    """What led to the targets that were considered."""

    RULE = "rule"
    """The first rule that matched."""
    MODEL = "model"
    """No rule matched, and the app named a model that a provider declares."""
    NOTHING = "nothing"
    """No rule matched, and nobody declares such a model."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A target that may not serve this request."""

    target: str
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """A rule that was asked; `failed` says which clause did not hold, and is empty for the one that matched."""

    policy: PolicyRef
    rule: str
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Which targets may serve a request, in order of preference, and why."""

    model: str
    """What the app asked for."""
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
    draw: int
    """The randomness that it was decided with."""
    route: str = ""
    """The id of the route, as health views count it; empty where no rule matched."""
    nearest: tuple[str, ...] = ()
    """Names like the one asked for, where nobody knows that one."""
