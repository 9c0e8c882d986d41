"""Every recorded answer, called for in every caller's dialect: whatever a provider said, the caller must see it."""

import json
from collections.abc import Callable
from typing import Any

import httpx

from support.builders import provider, snapshot, target
from support.exchanges import Recorded
from support.paper import PaperRouter
from support.said import Seen, chat, messages

TYPES = {
    "azure": "AzureOpenAI",
    "dashscope": "Qwen",
    "deepseek": "DeepSeek",
    "groq": "Groq",
    "mistral": "Mistral",
    "openai": "OpenAI",
    "openrouter": "OpenRouter",
    "perplexity": "Perplexity",
    "together": "Together",
    "vllm": "VLLM",
    "xai": "XAI",
    "anthropic": "Anthropic",
    "gemini": "Gemini",
    "vertex": "Gemini",
}
"""Who was called, as a type of ModelProvider; all others speak OpenAI's dialect and are found by their URL."""
OF_DIALECT = {"ollama.chat": "Ollama"}

CALLED = {"openai.chat": ("/v1/chat/completions", chat), "anthropic.messages": ("/v1/messages", messages)}
DIALECTS = ("openai.chat", "anthropic.messages", "gemini.generate", "ollama.chat")
Read = Callable[..., Seen]


def type_of(exchange: Recorded) -> str:
    return OF_DIALECT.get(exchange.dialect) or TYPES.get(exchange.provider, "OpenAICompatible")


def request(exchange: Recorded, caller: str) -> bytes:
    """What was asked, where it was kept and the caller speaks as it did; else a plain question."""
    asked = exchange.asked if exchange.dialect == caller else None
    body: dict[str, Any] = dict(asked or {"messages": [{"role": "user", "content": "hello"}]})
    body |= {"model": "m", "stream": exchange.streams}
    if caller == "anthropic.messages":
        body.setdefault("max_tokens", 1000)
    elif exchange.streams:
        body["stream_options"] = {"include_usage": True}
    return json.dumps(body).encode()


async def called(exchange: Recorded, caller: str) -> httpx.Response:
    """What the caller is answered."""
    kind = "text/event-stream" if exchange.streams else "application/json"

    def provided(_: httpx.Request) -> httpx.Response:
        return httpx.Response(exchange.status, headers={"content-type": kind}, content=exchange.body)

    of = provider(type=type_of(exchange), azure_api_version=None)
    router = PaperRouter(snapshot(providers=[of], targets=[target("acme/m")]), provided)
    return await router.post(CALLED[caller][0], request(exchange, caller))
