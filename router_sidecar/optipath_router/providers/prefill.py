"""The begin of an answer, for formats in which a model cannot be made to go on with one."""

from collections.abc import Sequence

from optipath_router.chat.conversation import Message, Role, Text, ToolCall


def without_prefill(messages: Sequence[Message]) -> list[Message]:
    """The messages without what Saying.PREFILL is said of: words of the model's, behind which nobody has spoken."""
    kept = list(messages)
    while kept and _is_prefill(kept[-1]):
        kept.pop()
    return kept


def _is_prefill(message: Message) -> bool:
    if message.role is not Role.ASSISTANT or any(isinstance(part, ToolCall) for part in message.parts):
        return False
    return any(isinstance(part, Text) for part in message.parts)
