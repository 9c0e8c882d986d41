"""Why nobody answered, as the caller is told."""

from collections.abc import Sequence

from optipath_router.chat.reply import Failed, Tried
from optipath_router.decide.decision import Basis, Decision
from optipath_router.errors import Code, Outcome

_KEYS = frozenset({Outcome.AUTH, Outcome.NO_KEY, Outcome.HOST_MISMATCH})
_PATIENCE = frozenset({Outcome.BUSY, Outcome.QUOTA})
_RETRY_SECONDS = 1.0
"""What a caller is told to wait where no provider said anything."""


def nothing_to_try(decision: Decision) -> Failed:
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
    return Failed(400, Code.NO_ELIGIBLE_TARGET, f"no target can serve this request: {why}")


def all_failed(tried: Sequence[Tried]) -> Failed:
    """Why no attempt came to anything; the status is that of the last one."""
    outcomes = {attempt.outcome for attempt in tried}
    told = "; ".join(f"{attempt.target}: {attempt.message}" for attempt in tried)
    if outcomes <= _KEYS:
        return Failed(503, Code.PROVIDER_AUTH_ERROR, f"no key was accepted: {told}", retry_after_seconds=_RETRY_SECONDS)
    waits = [attempt.retry_after_seconds for attempt in tried if attempt.retry_after_seconds is not None]
    wait = min(waits, default=_RETRY_SECONDS)
    if outcomes <= _PATIENCE:
        return Failed(429, Code.RATE_LIMITED, f"every provider asks for patience: {told}", retry_after_seconds=wait)
    status = {Outcome.TIMEOUT: 504, Outcome.BROKEN: 502}.get(tried[-1].outcome, 503)
    return Failed(status, Code.ALL_ATTEMPTS_FAILED, f"no target answered: {told}", retry_after_seconds=wait)
