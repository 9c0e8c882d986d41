"""Dialects: our words into a provider's and back. Pure translation, one folder each."""

from collections.abc import Mapping

from optipath_router.chat.conversation import Wire
from optipath_router.providers.openai.asked import read_asked
from optipath_router.providers.dialect import Dialect, ErrorTold, Exchange, Outgoing, StreamReader
from optipath_router.providers.openai import CHAT, CHAT_UNASKED
from optipath_router.providers.openai.faults import broken_off, error
from optipath_router.providers.surface import Surface

_OPENAI_FAMILY = (
    "OpenAI",
    "DeepSeek",
    "Qwen",
    "Groq",
    "XAI",
    "OpenRouter",
    "Together",
    "Fireworks",
    "Ollama",
    "VLLM",
    "OpenAICompatible",
)

# Their streams tell the usage unasked; Mistral refuses fields that it does not know.
_UNASKED = ("Mistral", "Perplexity")

OPENAI = Dialect({Wire.CHAT: CHAT})

DIALECTS: Mapping[str, Dialect] = {
    **dict.fromkeys(_OPENAI_FAMILY, OPENAI),
    **dict.fromkeys(_UNASKED, Dialect({Wire.CHAT: CHAT_UNASKED})),
}
"""By type of provider. A type of a newer operator's is not here, and its targets cannot be called."""

SURFACES = (Surface(Wire.CHAT, "/v1/chat/completions", read_asked, error, broken_off),)
"""What callers may speak."""

__all__ = ["DIALECTS", "OPENAI", "SURFACES", "Dialect", "ErrorTold", "Exchange", "Outgoing", "StreamReader", "Surface"]
