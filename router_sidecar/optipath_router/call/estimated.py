"""A count of tokens that no provider here can make: the router's own estimate, and said to be one."""

from typing import Final

from optipath_router.chat.conversation import Wire
from optipath_router.chat.reply import Whole
from optipath_router.decide.decision import Basis, Decision, Reason
from optipath_router.providers.anthropic.count_tokens import counted

_HEADERS: Final = ((b"content-type", b"application/json"), (b"x-optipath-estimated", b"true"))


def estimated(decision: Decision) -> Whole | None:
    """About how many tokens a prompt has, where that is all that was asked of a model that is known."""
    features = decision.features
    if features.wire is not Wire.COUNT_TOKENS or decision.basis is Basis.NOTHING:
        return None
    if decision.left_out and all(left.reason is Reason.NOT_ALLOWED for left in decision.left_out):
        return None  # what follows would be denied, and is told so now
    return Whole(200, _HEADERS, counted(features.input_tokens))
