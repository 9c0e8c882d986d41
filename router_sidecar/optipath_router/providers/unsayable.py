"""What one dialect cannot say though another may: nothing is sent, and the next target is asked."""

from optipath_router.errors import Outcome, TargetUnavailable


def unsayable(place: str, why: str) -> TargetUnavailable:
    """A target whose dialect has no words for something at this place of a chat."""
    return TargetUnavailable(Outcome.NOT_SPOKEN, f"{place} {why}")


def place_of(index: int, role: str) -> str:
    """What messages call a message of a chat. Its number is ours: a system prompt that stands apart counts."""
    return f"message {index + 1} of the chat (role {role})"
