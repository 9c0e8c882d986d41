"""Which text of a conversation is looked at.

What a request is about stands in its last message of the user's. One of a few
words ("and in German?") says it only together with what was said before, and
a short instruction of the app's often says more of the task than its user.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from optipath_router.chat.request import Asked, Message, is_there
from optipath_router.classify.leaves import unescaped, within

LONGEST: Final = 1_000_000
"""How many characters of a question are handed on; whoever looks at it takes a sample of a long one."""
SHORT: Final = 60
"""Up to so many characters a question is read together with the one before it."""
INSTRUCTION: Final = 400
"""Up to so many characters, what the app says first is an instruction; a longer one is a manual, and about anything."""
_BEFORE: Final = 1_000

_OF_THE_APP: Final = frozenset({"system", "developer"})


def question(asked: Asked) -> str:
    """The text that tells what is wanted; empty where there is none."""
    said = [text for message in asked.messages if message.role == "user" and (text := message_text(message))]
    if not said:
        return message_text(asked.messages[-1])[:LONGEST] if asked.messages else ""
    last = said[-1][:LONGEST]
    if len(last) > SHORT:
        return last
    before = [said[-2][:_BEFORE]] if len(said) > 1 else []
    first = asked.messages[0]
    instruction = message_text(first) if first.role in _OF_THE_APP else ""
    return "\n\n".join([*([instruction] if 0 < len(instruction) <= INSTRUCTION else []), *before, last])


def said(asked: Asked, most: int) -> Iterator[str | None]:
    """Every text of the conversation, of the calls that it made and of what stands beside it.

    None for what is no text, or cannot be read; so is JSON of more than `most` bytes.
    """
    for message in asked.messages:
        if text := message_text(message):
            yield from unescaped(text, most)
        if _has_more_than_text(message):
            yield None
        for written in _written(message):
            yield from within(bytes(written), most)
    for written in (asked.prediction, asked.suffix):
        if is_there(written):
            yield from within(bytes(written), most)


def _written(message: Message) -> Iterator[msgspec.Raw]:
    """What of a message is JSON of any shape, and read as text."""
    for written in (
        message.tool_calls,
        message.function_call,
        message.reasoning_content,
        message.reasoning,
        message.reasoning_details,
        message.thinking_blocks,
        message.refusal,
    ):
        if is_there(written):
            yield written


def _has_more_than_text(message: Message) -> bool:
    """Whether something is said in another way than by text, whatever it is."""
    parts = message.content if isinstance(message.content, list) else ()
    return any(part.type != "text" for part in parts) or is_there(message.audio) or is_there(message.images)


def message_text(message: Message) -> str:
    """All that is said in a message."""
    match message.content:
        case str(text):
            return text
        case list(parts):
            return "\n".join(part.text for part in parts if part.text is not None)
        case _:
            return ""
