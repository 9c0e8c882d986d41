"""What an error status means for the next step.

The caller's own faults are the caller's to see, as the provider told them.
All else is between the provider and us: a key that is refused is not the
app's, and another target may do better.
"""

import re
from collections.abc import Mapping

import msgspec

from optipath_router.errors import Outcome, UpstreamBroken, UpstreamBusy, UpstreamError


class _Detail(msgspec.Struct, frozen=True):
    code: str | int | None = None
    type: str | None = None


class _Refused(msgspec.Struct, frozen=True):
    error: _Detail | None = None


_decode = msgspec.json.Decoder(_Refused).decode


_FAILURES: Mapping[int, tuple[Outcome, str]] = {
    401: (Outcome.AUTH, "it refused the key"),
    402: (Outcome.QUOTA, "its account is spent"),
    403: (Outcome.AUTH, "it refused the key"),
    404: (Outcome.NOT_SERVED, "it does not serve the model, or not at this URL"),
}
# xAI, for one, says so with status 400, and quotes a part of the key.
_BAD_KEY = re.compile(rb"invalid_api_key|(incorrect|invalid|wrong|missing|bad) api[ _-]?key", re.IGNORECASE)
_ASKS_FOR_PATIENCE = frozenset({408, 409, 425, 429, 503, 529})


def failure(status: int, headers: Mapping[str, str], body: bytes) -> UpstreamError | None:
    """The failure that a status other than success means; None where the caller must mend the request."""
    if found := _FAILURES.get(status):
        return UpstreamError(*found, status=status)
    if status == 429 and _is_spent(body):
        return UpstreamError(Outcome.QUOTA, "its account is spent", status=status)
    if status in _ASKS_FOR_PATIENCE:
        return UpstreamBusy("it asks for patience", status=status, retry_after_seconds=_retry_after(headers))
    if 400 <= status < 500:
        return UpstreamError(*_FAILURES[401], status=status) if _BAD_KEY.search(body) else None
    return UpstreamBroken(Outcome.SERVER_ERROR, f"it answered {status}", status=status)


def _is_spent(body: bytes) -> bool:
    """Whether a 429 is about money, which no patience brings back."""
    try:
        detail = _decode(body).error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False
    return detail is not None and "insufficient_quota" in (detail.code, detail.type)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None
