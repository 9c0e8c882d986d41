"""Every recorded answer, called for in every caller's dialect: whatever a provider said, the caller must see it."""

import json
from collections import Counter
from typing import Any

import httpx
import pytest

from support.builders import provider, snapshot, target
from support.exchanges import Recorded, recorded
from support.mapping import CALLERS, FINISH, usage
from support.paper import Answered, PaperRouter
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


async def called(exchange: Recorded, caller: str) -> Answered:
    """What the caller is answered."""
    kind = "text/event-stream" if exchange.streams else "application/json"

    def provided(_: httpx.Request) -> httpx.Response:
        return httpx.Response(exchange.status, headers={"content-type": kind}, content=exchange.body)

    of = provider(type=type_of(exchange))
    router = PaperRouter(snapshot(providers=[of], targets=[target("acme/m")]), provided)
    return await router.post(CALLED[caller][0], request(exchange, caller))


def expected(exchange: Recorded, caller: str) -> dict[str, Any]:
    """What the caller must see of an exchange."""
    told = exchange.expect or {}
    calls = [(each["name"], arguments(each["arguments"])) for each in told["tool_calls"]]
    finish = "tool_calls" if calls else FINISH[exchange.dialect][told["finish"]]
    return {
        "text": told["text"] or "",
        "reasoning": told["reasoning"] or "",
        "refusal": told["refusal"] or "",
        "calls": calls,
        "finish": CALLERS[caller][finish],
        "usage": usage(exchange.dialect, told["usage"] or {}),
    }


def arguments(told: Any) -> Any:
    """Arguments as a value; what is no JSON as it is."""
    try:
        return json.loads(told) if isinstance(told, str) else told
    except ValueError:
        return told


def seen_as(seen: Seen, caller: str) -> dict[str, Any]:
    """What a caller saw, in the words of `expected`."""
    given: dict[str, int] | None = None
    if caller == "openai.chat" and seen.usage:
        details = seen.usage.get("prompt_tokens_details") or {}
        given = {
            "input": seen.usage["prompt_tokens"],
            "output": seen.usage["completion_tokens"],
            "cached": details.get("cached_tokens") or 0,
        }
    elif caller == "anthropic.messages":
        cached = seen.usage.get("cache_read_input_tokens") or 0
        written = seen.usage.get("cache_creation_input_tokens") or 0
        given = {
            "input": seen.usage["input_tokens"] + cached + written,
            "output": seen.usage["output_tokens"],
            "cached": cached,
        }
    return {
        "text": seen.text,
        "reasoning": seen.reasoning,
        "refusal": seen.refusal,
        "calls": [(call.name, arguments(call.arguments)) for call in seen.calls],
        "finish": seen.finish,
        "usage": given,
    }


def differences(exchange: Recorded, caller: str, answer: Answered) -> list[str]:
    """In what a caller does not see what it must."""
    if answer.status != 200:
        return [f"status {answer.status}: {answer.body[:200]!r}"]
    seen = CALLED[caller][1](answer.body, streams=exchange.streams)
    ours, theirs = seen_as(seen, caller), expected(exchange, caller)
    wrong = [f"{what}: {ours[what]!r} for {theirs[what]!r}"[:400] for what in theirs if ours[what] != theirs[what]]
    if exchange.streams and not seen.ended:
        wrong.append("the stream has not ended")
    return wrong


def other_bytes(ours: bytes, theirs: bytes) -> str:
    at = next((at for at, (one, other) in enumerate(zip(ours, theirs, strict=False)) if one != other), -1)
    return f"byte {at} of {len(theirs)}, {len(ours)} came: {ours[at:][:150]!r} for {theirs[at:][:150]!r}"


@pytest.mark.row("A17", "B04")
@pytest.mark.parametrize("caller", CALLED)
async def test_callers_see_what_providers_said(caller: str, capsys: pytest.CaptureFixture[str]) -> None:
    agreed: Counter[str] = Counter()
    wrong: dict[str, list[str]] = {}
    for exchange in recorded(*DIALECTS):
        if exchange.expect is None or "error" in exchange.expect:
            continue
        answer = await called(exchange, caller)
        if exchange.dialect == caller:
            # Bytes pass: what was recorded is what is seen.
            found = [] if answer.body == exchange.body else [other_bytes(answer.body, exchange.body)]
        else:
            found = differences(exchange, caller, answer)
        if found:
            wrong[f"{exchange.dialect} {exchange.provider} {exchange.id}"] = found
        else:
            agreed[f"{exchange.dialect} {exchange.provider}"] += 1
    with capsys.disabled():
        print(f"\n{caller}: {agreed.total()} agree, {len(wrong)} differ; by provider {dict(agreed)}")
        for name, found in list(wrong.items())[:200]:
            print(name, found)
    assert len(wrong) <= 0.01 * agreed.total()
