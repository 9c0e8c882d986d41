"""Why nobody answered, as the caller is told."""

from collections.abc import Sequence
from typing import Final

from optipath_router.call.health.cooldown import KEY_SECONDS, KEY_TROUBLE, TRUSTED_SECONDS
from optipath_router.chat.reply import Failed, Tried
from optipath_router.decide.decision import Basis, Decision, Reason
from optipath_router.errors import Code, Outcome

_KEYS: Final = frozenset({Outcome.AUTH, Outcome.NO_KEY, Outcome.HOST_MISMATCH, Outcome.KEY_REFUSED})
_PATIENCE: Final = frozenset({Outcome.BUSY, Outcome.QUOTA, Outcome.COOLING_DOWN, Outcome.CONCURRENCY})
PASSED_OVER: Final = {
    Reason.BREAKER_OPEN: Outcome.BREAKER_OPEN,
    Reason.EJECTED: Outcome.EJECTED,
    Reason.COOLING_DOWN: Outcome.COOLING_DOWN,
    Reason.KEY_REFUSED: Outcome.KEY_REFUSED,
    Reason.CONCURRENCY: Outcome.CONCURRENCY,
}
"""Reasons that pass: a target that has one is passed over for now."""
_RETRY_SECONDS: Final = 1.0
"""What a caller is told to wait where no provider said anything."""


def nothing_to_try(decision: Decision, now: float) -> Failed:
    """Why a decision has no candidates."""
    if decision.basis is Basis.NOTHING:
        nearest = f"; there is {', '.join(decision.nearest)}" if decision.nearest else ""
        return Failed(404, Code.MODEL_NOT_FOUND, f"model {decision.model!r} is not served here{nearest}", param="model")
    if not decision.left_out:
        return Failed(
            503,
            Code.NO_ELIGIBLE_TARGET,
            f"rule {decision.rule!r} of {decision.policy} has no target that can be used; see the policy's status",
            retry_after_seconds=_RETRY_SECONDS,
        )
    why = "; ".join(f"{left.target}: {left.detail}" for left in decision.left_out)
    if (reasons := {left.reason for left in decision.left_out}) == {Reason.DATA_BOUNDARY}:
        bound = "; ".join(f"{trace.boundary} of {trace.policy}: {trace.why}" for trace in decision.boundaries)
        return Failed(403, Code.DATA_BOUNDARY, f"a data boundary keeps this request from every target ({bound}): {why}")
    if reasons <= {Reason.NOT_ALLOWED, Reason.DATA_BOUNDARY}:
        return Failed(403, Code.POLICY_DENIED, f"model {decision.model!r} is not allowed here: {why}", param="model")
    passing = [left for left in decision.left_out if left.reason in PASSED_OVER]
    if not passing:
        return Failed(400, Code.NO_ELIGIBLE_TARGET, f"no target can serve this request: {why}")
    waits = [max(0.0, left.until - now) for left in passing if left.until is not None]
    outcomes = {PASSED_OVER[left.reason] for left in passing}
    return _nobody(outcomes, why, min(waits, default=_RETRY_SECONDS), 503, asked=False)


def all_failed(tried: Sequence[Tried]) -> Failed:
    """Why no attempt came to anything; the status is that of the last one."""
    told = "; ".join(f"{attempt.target.name}: {attempt.message}" for attempt in tried)
    waits = [wait for attempt in tried if (wait := _wait(attempt)) is not None]
    made = [attempt for attempt in tried if attempt.made]
    last = (made or tried)[-1].outcome
    status = {Outcome.TIMEOUT: 504, Outcome.OUT_OF_TIME: 504, Outcome.BROKEN: 502}.get(last, 503)
    outcomes = {attempt.outcome for attempt in tried}
    return _nobody(outcomes, told, min(waits, default=_RETRY_SECONDS), status, asked=bool(made))


def _wait(tried: Tried) -> float | None:
    """How long a target will be left alone, as far as the attempt tells."""
    if tried.outcome in KEY_TROUBLE:
        return KEY_SECONDS
    wait = tried.retry_after_seconds
    return None if wait is None else min(wait, TRUSTED_SECONDS)


def _nobody(outcomes: set[Outcome], told: str, wait: float, status: int, *, asked: bool) -> Failed:
    if outcomes <= _KEYS:
        return Failed(503, Code.PROVIDER_AUTH_ERROR, f"no key was accepted: {told}", retry_after_seconds=wait)
    if asked and outcomes == {Outcome.NOT_SPOKEN}:
        return Failed(400, Code.NO_ELIGIBLE_TARGET, f"no target can serve this request: {told}")
    if outcomes == {Outcome.TOO_LARGE}:
        return Failed(413, Code.REQUEST_TOO_LARGE, f"the request is larger than any provider allows: {told}")
    code, message = Code.ALL_ATTEMPTS_FAILED, f"no target answered: {told}"
    if outcomes <= _PATIENCE:
        status, code, message = 429, Code.RATE_LIMITED, f"every provider asks for patience: {told}"
    return Failed(status, code, message, retry_after_seconds=wait, worth_a_retry=not asked)
