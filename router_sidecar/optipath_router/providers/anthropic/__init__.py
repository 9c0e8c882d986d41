"""Anthropic's Messages: for callers who speak it, and for providers who do."""
