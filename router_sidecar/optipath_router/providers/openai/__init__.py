"""OpenAI's chat completions, which most providers speak."""

from optipath_router.providers.openai.dialect import CHAT, CHAT_UNASKED

__all__ = ["CHAT", "CHAT_UNASKED"]
