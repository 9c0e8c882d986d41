"""What callers may speak, path by path."""

from collections.abc import Iterable
from typing import Final

from optipath_router.chat.conversation import Wire
from optipath_router.providers.anthropic import MESSAGES_CALLER, facts
from optipath_router.providers.openai import asked, completions, embeddings, faults, moderations
from optipath_router.providers.openai.codec import CALLER as CHAT_CALLER
from optipath_router.providers.responses import CALLER as RESPONSES_CALLER
from optipath_router.providers.surface import Error, Speech, Surface

_OPENAI: Final = Speech(faults.error, faults.broken_off)
_MESSAGES: Final = Speech(MESSAGES_CALLER.error, MESSAGES_CALLER.broken_off)
_RESPONSES: Final = Speech(RESPONSES_CALLER.error, RESPONSES_CALLER.broken_off)

CHAT: Final = Surface(Wire.CHAT, "/v1/chat/completions", asked.read_asked, _OPENAI, CHAT_CALLER)
RESPONSES: Final = Surface(Wire.RESPONSES, "/v1/responses", RESPONSES_CALLER.read_asked, _RESPONSES, RESPONSES_CALLER)
MESSAGES: Final = Surface(Wire.MESSAGES, "/v1/messages", MESSAGES_CALLER.read_asked, _MESSAGES, MESSAGES_CALLER)
COUNT_TOKENS: Final = Surface(
    Wire.COUNT_TOKENS, "/v1/messages/count_tokens", MESSAGES_CALLER.read_asked, _MESSAGES, MESSAGES_CALLER
)

_MESSAGES_PATH: Final = MESSAGES.path.encode()
_VERSION: Final = facts.VERSION_HEADER.encode()

SURFACES: Final = (
    CHAT,
    RESPONSES,
    MESSAGES,
    COUNT_TOKENS,
    Surface(Wire.COMPLETIONS, "/v1/completions", completions.read_asked, _OPENAI),
    Surface(Wire.EMBEDDINGS, "/v1/embeddings", embeddings.read_asked, _OPENAI),
    Surface(Wire.MODERATIONS, "/v1/moderations", moderations.read_asked, _OPENAI),
)


def speaks_messages(path: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether somebody is a caller of Anthropic's surface, whatever it is that was asked; names in lower case."""
    return path.startswith(_MESSAGES_PATH) or any(name == _VERSION for name, _ in headers)


def error_for(path: bytes, headers: Iterable[tuple[bytes, bytes]]) -> Error:
    """The form in which a caller is told what went wrong before, or beside, any surface."""
    return _MESSAGES.error if speaks_messages(path, headers) else _OPENAI.error
