"""What a provider's error means for the next step.

The caller's own faults are the caller's to see, as the provider told them.
All else is between the provider and us: a key that is refused is not the
app's, and another target may do better. Where a status means different things
at different providers, the body tells which.
"""

import re
from collections.abc import Mapping
from typing import Final

from optipath_router.errors import Outcome, UpstreamBroken, UpstreamBusy, UpstreamError
from optipath_router.providers.said import Said, said
from optipath_router.providers.waiting import asked_seconds, reset_seconds

_MESSAGES: Final[Mapping[Outcome, str]] = {
    Outcome.AUTH: "it refused the key",
    Outcome.QUOTA: "its account is spent",
    Outcome.NOT_SERVED: "it does not serve the model, or not at this URL",
    Outcome.CONTEXT_LENGTH: "the request is longer than its context window",
    Outcome.TOO_LARGE: "the request is larger than it allows",
    Outcome.BUSY: "it asks for patience",
    Outcome.OVERLOADED: "it is overloaded",
    Outcome.UNAVAILABLE: "it cannot run the model",
    Outcome.SERVER_ERROR: "it failed",
    Outcome.REFUSED: "it refused the request",
}
"""Never in the provider's words, which may quote a key."""


class _Sign:
    """What tells a kind of error: codes, and words in messages."""

    def __init__(self, codes: str, words: str) -> None:
        self.codes, self._words = tuple(codes.split()), re.compile(words)

    def __call__(self, error: Said) -> bool:
        return not error.codes.isdisjoint(self.codes) or self._words.search(error.message) is not None


_bad_key = _Sign(
    "invalid_api_key invalidapikey api_key_invalid authentication_error",
    # Near the start: further on, a message may quote the request, whose author is not to have the key set aside.
    r"^.{0,60}?(?:(?:incorrect|invalid|wrong|missing|bad) api[ _-]?key|api key not valid)",
)
_spent = _Sign(
    "insufficient_quota exceeded_current_quota_error billing_hard_limit_reached billing_not_active billing_error "
    "insufficient_balance arrearage",
    "^.{0,160}?(?:credit balance is too low|insufficient (?:balance|credits)|used all available credits)",
)
# Alibaba's words for a limit a minute are OpenAI's for spent funds; only the link tells them apart.
_throttled = _Sign("", "#token-limit")
_filtered = _Sign(
    "content_filter content_policy_violation responsibleaipolicyviolation data_inspection_failed datainspectionfailed",
    "content management policy|input was flagged|requires moderation|violates usage guidelines|content exists risk"
    "|inappropriate content",
)
_too_long = _Sign(
    "context_length_exceeded exceed_context_size_error too_many_tokens",
    "maximum context length|context window|context limit|maximum prompt length|prompt is too long|input is too long"
    "|exceeds the maximum number of tokens|range of input length|max_tokens must be at least 1, got -",
)
_too_large = _Sign("request_too_large", "request too large|must be reduced in order to run|reduce your message size")
_overloaded = _Sign(
    "overloaded_error engine_overloaded engine_overloaded_error", "overloaded|experiencing high demand|over capacity"
)
_not_served = _Sign(
    "model_not_found model_not_supported not_found_error",
    "model not exist|not a valid model|invalid model|model identifier is invalid|not have access to (?:the )?model",
)
_cannot_run = _Sign("", "requires more system memory")
_busy = _Sign("", "rate limit|too many requests")

# Of an error that could be the caller's to mend, what else it may be.
_REFUSALS: Final = (
    (_filtered, Outcome.REFUSED),
    (_bad_key, Outcome.AUTH),
    (_spent, Outcome.QUOTA),
    (_not_served, Outcome.NOT_SERVED),
    (_too_long, Outcome.CONTEXT_LENGTH),
)

_BY_STATUS: Final[Mapping[int, Outcome]] = {
    401: Outcome.AUTH,
    402: Outcome.QUOTA,
    404: Outcome.NOT_SERVED,
    408: Outcome.BUSY,
    409: Outcome.BUSY,
    410: Outcome.NOT_SERVED,
    425: Outcome.BUSY,
    503: Outcome.OVERLOADED,
    529: Outcome.OVERLOADED,
}
"""Those that mean the same whatever the body says."""
# What an error inside an answer that began well would have had as its status.
_STATUS_OF_CODE: Final[Mapping[str, int]] = {
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "resource_exhausted": 429,
    "unavailable": 503,
    "overloaded_error": 529,
}
_STATUS: Final = re.compile("[45][0-9][0-9]")
# They would have had 400, and often stand beside a code that says more.
_OF_REQUEST: Final = frozenset({"invalid_request_error", "invalid_argument", "badrequesterror"})


_TOLD: Final = tuple(
    dict.fromkeys(
        (
            *(code for sign in (_bad_key, _spent, _filtered, _too_long) for code in sign.codes),
            *(code for sign in (_too_large, _overloaded, _not_served) for code in sign.codes),
            *_STATUS_OF_CODE,
        )
    )
)
"""The codes that are told on, the more telling first. Any other may be a text of the provider's."""


def failure(status: int, headers: Mapping[str, str], body: bytes, *, wall: float | None = None) -> UpstreamError | None:
    """The failure that a status other than success means; None where the caller must mend the request.

    Header names are in lower case. `wall` is the time since 1970, for waiting
    times that are dates. Never raises, whatever the body.
    """
    error = said(body)
    outcome = _outcome(status, error)
    code = next((known for known in _TOLD if known in error.codes), None)
    message = f"{_MESSAGES[outcome]}, with status {status}" + (f" and code {code}" if code else "")
    match outcome:
        case Outcome.REFUSED:
            return None
        case Outcome.BUSY:
            wait = asked_seconds(headers, error, wall)
            wait = reset_seconds(headers, wall) if wait is None else wait
            return UpstreamBusy(message, status=status, retry_after_seconds=wait)
        case Outcome.OVERLOADED:
            wait = asked_seconds(headers, error, wall)
            return UpstreamBusy(message, status=status, retry_after_seconds=wait, outcome=outcome)
        case Outcome.SERVER_ERROR | Outcome.UNAVAILABLE:
            return UpstreamBroken(outcome, message, status=status)
        case _:
            return UpstreamError(outcome, message, status=status)


def failure_inside(body: bytes) -> UpstreamError | None:
    """The failure that a body, or an event's data, tells though the status was 200; None as with `failure`."""
    return failure(_status_inside(said(body)), {}, body)


def data_of(event: bytes) -> bytes:
    """The data of an event of a stream, as it came, its lines included."""
    return b"\n".join(line[5:].strip() for line in event.splitlines() if line.startswith(b"data:"))


def _status_inside(error: Said) -> int:
    """The status that an error would have had, had it come before all else."""
    codes = sorted(error.codes)
    statuses = [_STATUS_OF_CODE[code] for code in codes if code in _STATUS_OF_CODE]
    statuses += [int(code) for code in codes if _STATUS.fullmatch(code)]
    if statuses:
        return statuses[0]
    if not _OF_REQUEST.isdisjoint(error.codes) or any(sign(error) for sign, _ in _REFUSALS):
        return 400
    if _busy(error):
        return 429
    return 529 if _overloaded(error) else 500


def _outcome(status: int, error: Said) -> Outcome:
    if known := _BY_STATUS.get(status):
        return known
    if status == 429:
        return _limited(error)
    if 400 <= status < 500:
        return _refused(status, error)
    if _too_long(error):
        return Outcome.CONTEXT_LENGTH
    return Outcome.UNAVAILABLE if _cannot_run(error) else Outcome.SERVER_ERROR


def _limited(error: Said) -> Outcome:
    if _too_large(error):
        return Outcome.TOO_LARGE
    if _spent(error) and not _throttled(error):
        return Outcome.QUOTA
    return Outcome.OVERLOADED if _overloaded(error) else Outcome.BUSY


def _refused(status: int, error: Said) -> Outcome:
    for sign, outcome in _REFUSALS:
        if sign(error):
            return outcome
    return {403: Outcome.AUTH, 413: Outcome.TOO_LARGE}.get(status, Outcome.REFUSED)
