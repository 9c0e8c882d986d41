"""Dialects: our words into a provider's and back. Pure translation, one folder each."""

from collections.abc import Mapping

from optipath_router.providers.dialect import Dialect, Outgoing, StreamReader
from optipath_router.providers.openai import OPENAI

_OPENAI_FAMILY = (
    "OpenAI",
    "Mistral",
    "DeepSeek",
    "Qwen",
    "Groq",
    "XAI",
    "OpenRouter",
    "Together",
    "Fireworks",
    "Perplexity",
    "Ollama",
    "VLLM",
    "OpenAICompatible",
)

DIALECTS: Mapping[str, Dialect] = dict.fromkeys(_OPENAI_FAMILY, OPENAI)
"""By type of provider. A type of a newer operator's is not here, and its targets cannot be called."""

__all__ = ["DIALECTS", "OPENAI", "Dialect", "Outgoing", "StreamReader"]
