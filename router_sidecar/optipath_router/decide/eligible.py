"""Whether a target may serve a request: first what it may and can do, then how it does.

Leaving one out always has a reason.

What is not known of a target leaves nothing out: a wrong no takes a model
away from a tenant, and a wrong yes costs one attempt. Only where data may go
must be known.
"""

from collections.abc import Collection, Mapping

from optipath_router.chat.features import Features
from optipath_router.decide.boundary import Fence, shut_out
from optipath_router.decide.decision import LeftOut, Reason
from optipath_router.decide.health import Obstacle
from optipath_router.decide.spoken import lacks, unspoken
from optipath_router.providers import Dialect
from optipath_snapshot import USUALLY_LOST, Saying, Target

# A guess about the target, which may be wrong by now. A wait that was asked for and a limit are no guesses.
SUSPICIONS = frozenset({Reason.BREAKER_OPEN, Reason.EJECTED})


def obstacle(
    target: Target,
    features: Features,
    bound: Collection[Fence] = (),
    *,
    dialect: Dialect | None = None,
    may_lose: frozenset[Saying] = USUALLY_LOST,
) -> LeftOut | None:
    """Why a target may not serve a request, however well it does; None where it may.

    `dialect` is its provider's, and `may_lose` what the policy allows it not to say.
    """
    if (bound or target.denied_by is not None) and (left_out := denial(target) or shut_out(target, bound)):
        return left_out
    if not features.needs.isdisjoint(target.lacks) and (need := lacks(target, features, dialect)):
        return LeftOut(target.name, Reason.CAPABILITY, f"the request needs {need}, which the model cannot do")
    if dialect is not None and (left_out := unspoken(target, features, dialect, may_lose)):
        return left_out
    window, asked = target.context_window, features.output_tokens or 0
    if window is not None and features.input_tokens + asked > window:
        return LeftOut(
            target.name,
            Reason.CONTEXT_WINDOW,
            f"about {features.input_tokens} tokens in and {asked} out are more than its window of {window}",
        )
    limit = target.max_output_tokens
    if limit is not None and asked > limit:
        return LeftOut(target.name, Reason.OUTPUT_LIMIT, f"{asked} tokens out are more than its limit of {limit}")
    return None


def denial(target: Target) -> LeftOut | None:
    """That a policy above the tenant's own keeps its namespace from a target; None where none does."""
    by = target.denied_by
    if by is None:
        return None
    return LeftOut(target.name, Reason.NOT_ALLOWED, f"policy {by} does not let this namespace use it")


def well(able: tuple[Target, ...], obstacles: Mapping[str, Obstacle]) -> tuple[Target, ...]:
    """Those that nothing keeps from being asked now."""
    return tuple(target for target in able if target.name not in obstacles) if obstacles else able


def suspected(able: tuple[Target, ...], obstacles: Mapping[str, Obstacle]) -> tuple[Target, ...]:
    """Those that are only suspected to do badly; the best of them is asked where nobody is well."""
    return tuple(target for target in able if target.name in obstacles and obstacles[target.name].reason in SUSPICIONS)


def left_out(able: tuple[Target, ...], obstacles: Mapping[str, Obstacle]) -> tuple[LeftOut, ...]:
    """Those that something keeps from being asked now, with what it is."""
    return tuple(
        LeftOut(target.name, found.reason, found.detail, found.until)
        for target in able
        if (found := obstacles.get(target.name))
    )
