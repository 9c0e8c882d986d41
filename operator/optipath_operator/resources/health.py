"""How providers do, in words of our own: closed lists, so that nothing that somebody else said gets into a status."""

from enum import StrEnum


class Health(StrEnum):
    """How a provider, or one of its models, does."""

    HEALTHY = "Healthy"
    DEGRADED = "Degraded"
    """Some attempts, some models or some routers fail."""
    DOWN = "Down"
    """Routers leave it alone, or nothing can come of asking it."""
    UNKNOWN = "Unknown"
    """Nobody has tried it."""


class Breaker(StrEnum):
    """What routers do with a model's next call; one that is being probed counts as open."""

    CLOSED = "Closed"
    OPEN = "Open"


class LastError(StrEnum):
    """Why the latest attempt failed that did."""

    UNREACHABLE = "Unreachable"
    TIMEOUT = "Timeout"
    SERVER_ERROR = "ServerError"
    OVERLOADED = "Overloaded"
    UNAVAILABLE = "Unavailable"
    BROKEN_ANSWER = "BrokenAnswer"
    CUT_OFF = "CutOff"
    RATE_LIMITED = "RateLimited"
    KEY_REFUSED = "KeyRefused"
    QUOTA_SPENT = "QuotaSpent"
    NOT_SERVED = "NotServed"
    NO_KEY = "NoKey"
    KEY_NOT_FOR_HOST = "KeyNotForHost"
    EGRESS_DENIED = "EgressDenied"
    OTHER = "Other"
    """A word of a newer router's."""
