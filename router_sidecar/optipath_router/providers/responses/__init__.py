"""OpenAI's Responses: callers who ask for one, and providers who give one."""

from typing import Final

from optipath_router.providers.responses.codec import ResponsesCaller, ResponsesProvider

CALLER: Final = ResponsesCaller()
PROVIDER: Final = ResponsesProvider()

__all__ = ["CALLER", "PROVIDER", "ResponsesCaller", "ResponsesProvider"]
