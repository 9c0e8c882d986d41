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
    MODEL_NOT_FOUND = "model_not_found"
    REQUEST_TOO_LARGE = "request_too_large"
    NO_ELIGIBLE_TARGET = "no_eligible_target"
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
    NOT_SPOKEN = "not_spoken"
    """The provider's type is of a newer release than this router."""
    NO_KEY = "no_key"
    HOST_MISMATCH = "credential_host_mismatch"
    EGRESS = "egress_denied"
    UNREACHABLE = "unreachable"
    AUTH = "auth"
    QUOTA = "quota"
    NOT_SERVED = "not_served"
    BUSY = "busy"
    TIMEOUT = "timeout"
    SERVER_ERROR = "server_error"
    BROKEN = "broken"
    CUT = "cut"
    """It failed after its first content had gone to the caller."""
    ABANDONED = "abandoned"
    """The caller left."""


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

    def __init__(self, message: str, *, status: int, retry_after_seconds: float | None) -> None:
        super().__init__(Outcome.BUSY, message, status=status)
        self.retry_after_seconds = retry_after_seconds


class UpstreamBroken(UpstreamError):
    """The provider answered nonsense or nothing."""
