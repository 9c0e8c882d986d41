"""OpenAI's chat dialect, which a whole family of providers speaks."""

from optipath_router.providers.openai.dialect import OPENAI, TELLS_NO_USAGE

__all__ = ["OPENAI", "TELLS_NO_USAGE"]
