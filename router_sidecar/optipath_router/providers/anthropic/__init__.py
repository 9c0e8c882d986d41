"""Anthropic's Messages: for callers who speak it, and for providers who do."""

from optipath_router.providers.anthropic.codec import MessagesCaller, MessagesProvider

MESSAGES_CALLER = MessagesCaller()
MESSAGES_PROVIDER = MessagesProvider()

__all__ = ["MESSAGES_CALLER", "MESSAGES_PROVIDER"]
