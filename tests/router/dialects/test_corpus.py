"""Every recorded answer, called for in every caller's dialect: whatever a provider said, the caller must see it."""

import json
import re
import sys
from collections import Counter
from typing import Any

import httpx
import pytest

from support.builders import provider, snapshot, target
from support.exchanges import Recorded, recorded
from support.mapping import CALLERS, FINISH, STOPS_TO_CALL, usage
from support.paper import Answered, PaperRouter
from support.said import Seen, chat, messages

TYPES = {
    "azure": "AzureOpenAI",
    "cerebras": "Cerebras",
    "moonshot": "Moonshot",
    "zai": "ZAI",
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


REASONS = {
    "befecbc0185efe25": "several answers are pasted together",
    "20f93d42b438e80f": "several answers are pasted together",
    "ca9e896aa6653335": "several answers are pasted together",
    "ab068f9420ec7f19": "a second answer is spliced into the first, which we call broken",
    "444199567585e042": "`expect` takes each piece of a call for a call",
    "d0afc7200cbb0ce6": "`expect` takes each piece of a call for a call",
    "ac385f26ec6353d1": "`expect` takes each piece of a call for a call",
    "441eec07148158c2": "`expect` does not read thoughts in a list of contents",
    "3273410530bd018b": "`expect` does not read thoughts in a list of contents",
    "0b943ec38ba3b57f": "`expect` does not read thoughts in a list of contents",
    "6abf31aab3c34ecc": "`expect` does not read thoughts in a list of contents",
    "a39ccfb9cb183e51": "`expect` does not read thoughts in a list of contents",
    "5aeff3a785a737f8": "`expect` does not read thoughts in a list of contents",
    "609924d8b2a0b4cc": "`expect` does not read thoughts in a list of contents",
    "d46e6c7cd7090593": "an error is told behind the finish, which takes nothing from the answer",
    "7aed41dc30985bf5": "the reason stands in `finish_details`, which `expect` does not read",
    "2f99ba74a87451a2": "more was cached and written than went in",
    "0775483a631771f5": "it asks for `models` to fall back to, which only a policy may name",
}
"""Where the recording, or `expect`, is at fault, as far as each was looked at; and what is refused on purpose."""


def expected(exchange: Recorded, caller: str) -> dict[str, Any]:
    """What the caller must see of an exchange."""
    told = exchange.expect or {}
    calls = [(each["name"], arguments(each["arguments"])) for each in told["tool_calls"]]
    finish = FINISH[exchange.dialect][told["finish"]]
    if calls and finish == "stop" and (exchange.dialect in STOPS_TO_CALL or caller == "anthropic.messages"):
        finish = "tool_calls"
    counted = usage(exchange.dialect, told["usage"] or {}, by_tools=last(exchange, BY_TOOLS), hit=last(exchange, HIT))
    if counted is None and caller == "anthropic.messages":
        counted = {"input": 0, "output": 0, "cached": 0}  # the format demands numbers
    if counted and caller == "anthropic.messages":
        counted["input"] = max(counted["input"], counted["cached"])  # Azure caches more than goes in
    text, refusal = told["text"] or "", told["refusal"] or ""
    if caller == "anthropic.messages":
        text, refusal = text + refusal, ""  # it has no part for that
    word = told["finish"] if (caller, finish) == ("anthropic.messages", "other") else CALLERS[caller][finish]
    return {
        "text": text,
        "reasoning": told["reasoning"] or "",
        "refusal": refusal,
        "calls": calls,
        "finish": word,
        "usage": counted,
    }


BY_TOOLS = re.compile(rb'"toolUsePromptTokenCount":\s*(\d+)')
HIT = re.compile(rb'"(?:prompt_cache_hit_tokens|num_cached_tokens|cached_tokens)":\s*(\d+)')


def last(exchange: Recorded, number: re.Pattern[bytes]) -> int:
    """The last number of that name in an answer."""
    return int(([b"0", *number.findall(exchange.body)])[-1])


def arguments(told: Any) -> Any:
    """Arguments as a value; what is no JSON as it is."""
    try:
        return json.loads(told or "{}") if isinstance(told, str) else told
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
    if exchange.streams and not (exchange.expect or {})["finish"]:
        return unfinished(answer)
    seen = CALLED[caller][1](answer.body, streams=exchange.streams)
    ours, theirs = seen_as(seen, caller), expected(exchange, caller)
    wrong = [f"{what}: {ours[what]!r} for {theirs[what]!r}"[:400] for what in theirs if ours[what] != theirs[what]]
    if exchange.streams and not seen.ended:
        wrong.append("the stream has not ended")
    return wrong


def unfinished(answer: Answered) -> list[str]:
    """In what an answer that did not finish looks like one that did."""
    return [] if not answer.whole and b'"error"' in answer.body else ["an answer without a finish looks finished"]


def passed(exchange: Recorded, answer: Answered) -> list[str]:
    """In what bytes that should pass are others; one that lacks its last blank line gets it."""
    if exchange.streams and not (exchange.expect or {})["finish"]:
        return unfinished(answer)
    return [] if answer.whole and answer.body.rstrip() == exchange.body.rstrip() else ["other bytes"]


@pytest.mark.row("A17", "B04", "B07", "B09", "D28", "D39", "E02", "E03", "E04", "E05")
@pytest.mark.parametrize("caller", CALLED)
async def test_callers_see_what_providers_said(caller: str, capsys: pytest.CaptureFixture[str]) -> None:
    agreed: Counter[str] = Counter()
    differ: dict[str, list[str]] = {}
    for exchange in recorded(*DIALECTS):
        if exchange.expect is None or "error" in exchange.expect:
            continue
        answer = await called(exchange, caller)
        same = exchange.dialect == caller
        if found := passed(exchange, answer) if same else differences(exchange, caller, answer):
            differ[exchange.id] = found
        else:
            agreed[exchange.provider] += 1
    told = ", ".join(f"{provider} {count}" for provider, count in sorted(agreed.items()))
    with capsys.disabled():
        sys.stdout.write(f"\ncalled as {caller}: {agreed.total()} agree ({told}), {len(differ)} differ\n")
        for name, found in differ.items():
            sys.stdout.write(f"  {name}: {REASONS.get(name) or found}\n")
    assert not {name: found for name, found in differ.items() if name not in REASONS}
    # Thoughts that `expect` does not read are no fault of ours.
    ours = [name for name in differ if "does not read" not in REASONS[name]]
    assert len(ours) <= 0.01 * agreed.total()
