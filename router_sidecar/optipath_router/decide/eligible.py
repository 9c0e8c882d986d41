"""Whether a target may serve a request at all. Leaving one out always has a reason.

What is not known of a target leaves nothing out: a wrong no takes a model
away from a tenant, and a wrong yes costs one attempt.
"""

from optipath_router.chat.features import Features
from optipath_router.decide.decision import LeftOut, Reason
from optipath_snapshot import Target


def obstacle(target: Target, features: Features) -> LeftOut | None:
    """Why a target may not serve a request; None where it may."""
    for need in sorted(features.needs):
        if need in target.lacks:
            return LeftOut(target.name, Reason.CAPABILITY, f"the request needs {need}, which the model cannot do")
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
