"""Chat requests, as an app sends them and as the router reads them."""

import json
from collections.abc import Mapping
from typing import Any

from optipath_router.chat.request import ChatRequest
from optipath_router.providers.openai.asked import read_asked


def body(model: str = "small", text: str = "Hello", **given: Any) -> bytes:
    """The bytes of a chat completion request."""
    return json.dumps({"model": model, "messages": [{"role": "user", "content": text}], **given}).encode()


def chat_request(*, headers: Mapping[str, str] | None = None, arrived: float = 0.0, **given: Any) -> ChatRequest:
    """A request that has been read; what is given besides goes into its body."""
    sent = body(**given)
    return ChatRequest("request-1", "decision-1", arrived, headers or {}, sent, read_asked(sent))
