"""OpenAI's chat dialect, which a whole family of providers speaks."""

from optipath_router.providers.openai.dialect import OPENAI

__all__ = ["OPENAI"]
