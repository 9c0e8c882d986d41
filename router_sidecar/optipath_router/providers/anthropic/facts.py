"""What a connection to Anthropic's API needs to know, beside the words that are spoken on it."""

from typing import Final

BASE_URL: Final = "https://api.anthropic.com"
"""Without `/v1`, as Anthropic's SDKs and the providers that speak Messages too give theirs: the paths carry it."""
MESSAGES_PATH: Final = "/v1/messages"
COUNT_TOKENS_PATH: Final = "/v1/messages/count_tokens"

KEY_HEADER: Final = "x-api-key"
VERSION_HEADER: Final = "anthropic-version"
VERSION: Final = "2023-06-01"
"""The only one that there is."""
PASSED_HEADERS: Final = frozenset({"anthropic-beta"})
"""Headers of the caller's that a provider of the same dialect gets to see."""
