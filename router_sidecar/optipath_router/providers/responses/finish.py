"""Why a response ended: its status, and the reason of one that is incomplete.

completed                        STOP, or TOOL_CALLS where it has some
incomplete: max_output_tokens    LENGTH, also where no reason is told at all: the limit is what cuts answers
incomplete: content_filter       FILTERED
incomplete: anything else        OTHER
queued, in_progress, cancelled   OTHER: an answer in the background, of which there is no more yet
"""

from typing import Any, Final, NamedTuple

from optipath_router.chat.answer import Finish

COMPLETED: Final = "completed"
INCOMPLETE: Final = "incomplete"
_MAX_TOKENS: Final = "max_output_tokens"
_FILTER: Final = "content_filter"
_REASONS: Final = {_MAX_TOKENS: Finish.LENGTH, _FILTER: Finish.FILTERED}


class Ended(NamedTuple):
    """A finish, and in the provider's own word."""

    finish: Finish
    told: str


def read_finish(status: Any, details: Any, *, calls: bool) -> Ended:
    """The finish of a response, and whether it has calls of the caller's tools."""
    if status == COMPLETED:
        return Ended(Finish.TOOL_CALLS if calls else Finish.STOP, COMPLETED)
    if status != INCOMPLETE:
        return Ended(Finish.OTHER, status if isinstance(status, str) else "")
    if not isinstance(details, dict):
        return Ended(Finish.LENGTH, INCOMPLETE)
    reason = details.get("reason")
    if not isinstance(reason, str):
        return Ended(Finish.OTHER, INCOMPLETE)
    return Ended(_REASONS.get(reason, Finish.OTHER), reason)


class Status(NamedTuple):
    """How a response says its end."""

    status: str
    incomplete_details: dict[str, Any] | None


def write_finish(finish: Finish, *, refuses: bool) -> Status:
    """The status of a response that ended so, and whether the model itself says that it will not answer."""
    match finish:
        case Finish.STOP | Finish.TOOL_CALLS | Finish.PAUSED:
            return Status(COMPLETED, None)
        case Finish.REFUSED if refuses:
            return Status(COMPLETED, None)
        case Finish.LENGTH | Finish.WINDOW:
            return Status(INCOMPLETE, {"reason": _MAX_TOKENS})
        case Finish.FILTERED | Finish.REFUSED:
            return Status(INCOMPLETE, {"reason": _FILTER})
        case Finish.OTHER:
            return Status(INCOMPLETE, {"reason": None})
