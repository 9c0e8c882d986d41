"""What can go wrong, and what may be done next.

    RouterError
    ├── RequestRejected       the caller's fault; do not try another target
    ├── TargetUnavailable     nothing was sent; try another target
    └── UpstreamError         sent, and it failed; try another while time lasts
        ├── UpstreamBusy      the provider asks for patience
        └── UpstreamBroken    the provider answered nonsense or nothing

The class says what may be done next; the code is what a caller may rely on.
Messages never carry what a provider said: it may quote a key.
"""

from enum import StrEnum


class Code(StrEnum):
    """Stable names of what went wrong, as callers see them."""

    INVALID_REQUEST = "invalid_request"
    CONTEXT_LENGTH = "context_length_exceeded"
    MODEL_NOT_FOUND = "model_not_found"
    REQUEST_TOO_LARGE = "request_too_large"
    REQUEST_TIMEOUT = "request_timeout"
    OVERLOADED = "overloaded"
    NO_ELIGIBLE_TARGET = "no_eligible_target"
    DATA_BOUNDARY = "data_boundary"
    POLICY_DENIED = "policy_denied"
    RATE_LIMITED = "rate_limited"
    ALL_ATTEMPTS_FAILED = "all_attempts_failed"
    CONFIG_UNAVAILABLE = "config_unavailable"
    PROVIDER_AUTH_ERROR = "provider_auth_error"
    NOT_FOUND = "not_found"
    INTERNAL_ERROR = "internal_error"


class Outcome(StrEnum):
    """How one attempt ended; the label of a metric, so a closed list."""

    OK = "ok"
    REFUSED = "refused"
    """The provider found fault with the request, which is the caller's to mend."""
    CONTEXT_LENGTH = "context_length"
    """The request is longer than the model's window; a larger model may serve it."""
    TOO_LARGE = "too_large"
    """The request alone exceeds a limit of the provider's; no wait helps, another target may."""
    NOT_SPOKEN = "not_spoken"
    """The provider's type is of a newer release than this router, or its dialect has no words for the request."""
    NO_KEY = "no_key"
    HOST_MISMATCH = "credential_host_mismatch"
    EGRESS = "egress_denied"
    UNREACHABLE = "unreachable"
    AUTH = "auth"
    QUOTA = "quota"
    NOT_SERVED = "not_served"
    BUSY = "busy"
    """The provider limits the rate of this account."""
    OVERLOADED = "overloaded"
    """The provider has more to do than it can, whoever asks."""
    UNAVAILABLE = "unavailable"
    """The provider cannot serve the model, and not a moment later either."""
    TIMEOUT = "timeout"
    SERVER_ERROR = "server_error"
    BROKEN = "broken"
    CUT = "cut"
    """It failed after its first content had gone to the caller."""
    ABANDONED = "abandoned"
    """The caller left."""
    NO_ROOM = "no_room"
    """This router held too much to take the answer as well."""
    INTERNAL = "internal_error"
    """A mistake of this router's."""
    STOPPED = "stopped"
    """This router had to stop."""
    LOST = "lost"
    """A hedge: another attempt answered first."""
    OUT_OF_TIME = "out_of_time"
    """The request's own time was up, before the target had had its share of it."""
    BREAKER_OPEN = "breaker_open"
    """Passed over, as are those below: it has failed too often of late."""
    EJECTED = "ejected"
    COOLING_DOWN = "cooling_down"
    KEY_REFUSED = "key_refused"
    CONCURRENCY = "concurrency"
    DATA_BOUNDARY = "data_boundary"
    """A policy does not let what is in the request go there."""
    NOT_ALLOWED = "not_allowed"
    """A policy above the tenant's own keeps its namespace from it."""


class RouterError(Exception):
    """Anything that this router raises."""


class RequestRejected(RouterError):
    """The caller's fault; another target would say the same."""

    def __init__(self, status: int, code: Code, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.param = status, code, param


class TargetUnavailable(RouterError):
    """Nothing was sent."""

    def __init__(self, outcome: Outcome, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome


class UpstreamError(RouterError):
    """Sent, and it failed."""

    def __init__(self, outcome: Outcome, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.outcome, self.status = outcome, status


class UpstreamBusy(UpstreamError):
    """The provider asks for patience."""

    def __init__(
        self, message: str, *, status: int, retry_after_seconds: float | None, outcome: Outcome = Outcome.BUSY
    ) -> None:
        super().__init__(outcome, message, status=status)
        self.retry_after_seconds = retry_after_seconds


class UpstreamBroken(UpstreamError):
    """The provider answered nonsense or nothing."""
