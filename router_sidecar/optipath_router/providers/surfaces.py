"""What callers may speak, path by path."""

from collections.abc import Iterable
from typing import Final

from optipath_router.chat.conversation import Wire
from optipath_router.providers import codecs
from optipath_router.providers.anthropic import facts
from optipath_router.providers.anthropic import faults as messages_faults
from optipath_router.providers.openai import asked, completions, embeddings, moderations
from optipath_router.providers.openai import faults as openai_faults
from optipath_router.providers.responses import faults as responses_faults
from optipath_router.providers.surface import Error, Speech, Surface

_OPENAI: Final = Speech(openai_faults.error, openai_faults.broken_off)
_MESSAGES: Final = Speech(messages_faults.error, messages_faults.broken_off)
_RESPONSES: Final = Speech(responses_faults.error, responses_faults.broken_off)

CHAT: Final = Surface(Wire.CHAT, "/v1/chat/completions", _OPENAI, lambda: asked.read_asked, codecs.chat_caller)
RESPONSES: Final = Surface(Wire.RESPONSES, "/v1/responses", _RESPONSES, codecs.responses_asked, codecs.responses_caller)
MESSAGES: Final = Surface(Wire.MESSAGES, "/v1/messages", _MESSAGES, codecs.messages_asked, codecs.messages_caller)
COUNT_TOKENS: Final = Surface(
    Wire.COUNT_TOKENS, "/v1/messages/count_tokens", _MESSAGES, codecs.messages_asked, codecs.messages_caller
)

_MESSAGES_PATH: Final = MESSAGES.path.encode()
_VERSION: Final = facts.VERSION_HEADER.encode()

SURFACES: Final = (
    CHAT,
    RESPONSES,
    MESSAGES,
    COUNT_TOKENS,
    Surface(Wire.COMPLETIONS, "/v1/completions", _OPENAI, lambda: completions.read_asked),
    Surface(Wire.EMBEDDINGS, "/v1/embeddings", _OPENAI, lambda: embeddings.read_asked),
    Surface(Wire.MODERATIONS, "/v1/moderations", _OPENAI, lambda: moderations.read_asked),
)
TRANSLATED: Final = (CHAT, RESPONSES, MESSAGES)
"""Those whose chats can be put to a provider of another wire format."""


def speaks_messages(path: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether somebody is a caller of Anthropic's surface, whatever it is that was asked; names in lower case."""
    return path.startswith(_MESSAGES_PATH) or any(name == _VERSION for name, _ in headers)


def error_for(path: bytes, headers: Iterable[tuple[bytes, bytes]]) -> Error:
    """The form in which a caller is told what went wrong before, or beside, any surface."""
    return _MESSAGES.error if speaks_messages(path, headers) else _OPENAI.error
