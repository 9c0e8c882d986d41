"""What one dialect cannot say though another may: nothing is sent, and the next target is asked."""

from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import Refusal, Text, Wire
from optipath_router.errors import Outcome, RequestRejected, TargetUnavailable
from optipath_router.providers.members import refused


def unsayable(place: str, why: str) -> TargetUnavailable:
    """A target whose dialect has no words for something at this place of a chat."""
    return TargetUnavailable(Outcome.NOT_SPOKEN, f"{place} {why}")


def nothing_left(chat: Chat) -> TargetUnavailable | RequestRejected:
    """Why a dialect has nothing to write of a chat: nothing is said in it at all, or nothing that it has words for."""
    parts = [part for message in chat.messages for part in message.parts]
    if any(not isinstance(part, Text | Refusal) or part.text for part in parts):
        return unsayable("the chat", "says nothing that the provider's dialect has words for")
    return refused("input" if chat.wire is Wire.RESPONSES else "messages", "says nothing: all its texts are empty")


def place_of(index: int, role: str) -> str:
    """What messages call a message of a chat. Its number is ours: a system prompt that stands apart counts."""
    return f"message {index + 1} of the chat (role {role})"
