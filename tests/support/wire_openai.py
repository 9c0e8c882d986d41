"""Which of OpenAI's family a recorded provider is, and what is expected of its answers in one table."""

import json
from typing import Any

from optipath_router.chat.answer import Answer, Delta, Finish
from optipath_router.chat.conversation import Reasoning, Refusal, Text, ToolCall
from optipath_router.providers.openai.codec import CODECS, OpenAICodec
from support.wire import Exchange

FAMILY = {
    "openai": "OpenAI",
    "azure": "AzureOpenAI",
    "openrouter": "OpenRouter",
    "dashscope": "Qwen",
    "mistral": "Mistral",
    "groq": "Groq",
    "deepseek": "DeepSeek",
    "cerebras": "Cerebras",
    "moonshot": "Moonshot",
    "zai": "ZAI",
    "xai": "XAI",
    "perplexity": "Perplexity",
    "vllm": "VLLM",
    "ollama": "Ollama",
    "together": "Together",
}
"""The others are compatible."""

FINISHES = {
    "stop": Finish.STOP,
    "eos": Finish.STOP,
    "length": Finish.LENGTH,
    "max_tokens": Finish.LENGTH,
    "tool_calls": Finish.TOOL_CALLS,
    "function_call": Finish.TOOL_CALLS,
    "content_filter": Finish.FILTERED,
}
"""What the providers' words mean: reviewed by hand."""

MORE = {
    "mistral": "thoughts in a content's list are reasoning, num_cached_tokens are cached; the recordings know neither",
    "moonshot": "usage.cached_tokens are cached; the recordings know only OpenAI's place for them",
}
"""Where we read more than the recordings expect, and what."""

LESS: dict[str, str] = {
    "7aed41dc30985bf5": "finish_details.type stands for the finish_reason that the first model with eyes did not tell",
    "bf467b9a03897a0e": "the stream has no finish_reason: it is no finished answer",
    "517669563b1e529b": "the stream has no finish_reason: it is no finished answer",
}
"""Exchanges that differ, each with the reason."""


def codec(exchange: Exchange) -> OpenAICodec:
    return CODECS[FAMILY.get(exchange["provider"], "OpenAICompatible")]


def deltas(exchange: Exchange, *pieces: bytes) -> list[Delta]:
    """What a stream says, in these pieces."""
    reader = codec(exchange).reader()
    reads = [read for piece in pieces for read in reader.feed(piece)]
    return [delta for read in (*reads, *reader.close()) for delta in read.deltas]


def heard(answer: Answer) -> dict[str, Any]:
    """An answer's first choice in the shape of the recordings."""
    choice, usage = answer.choices[0], answer.usage
    return {
        "text": "".join(part.text for part in choice.parts if isinstance(part, Text)),
        "reasoning": "".join(part.text for part in choice.parts if isinstance(part, Reasoning)),
        "refusal": "".join(part.text for part in choice.parts if isinstance(part, Refusal)),
        "finish": choice.finish,
        "model": answer.model,
        "tool_calls": [(part.name, arguments(part.arguments)) for part in choice.parts if isinstance(part, ToolCall)],
        "ids": [part.id for part in choice.parts if isinstance(part, ToolCall)],
        "usage": usage and (usage.input_tokens, usage.output_tokens, usage.cached_input_tokens, usage.reasoning_tokens),
    }


def expected(exchange: Exchange, answer: dict[str, Any]) -> dict[str, Any]:
    """What the recordings expect, in our words; where we read more (MORE), as we read it."""
    told = exchange["expect"]
    ids = [call["id"] for call in told["tool_calls"]]
    expected = {
        **{name: told[name] for name in ("text", "reasoning", "refusal")},
        "finish": FINISHES.get(told["finish"]),
        "model": told["model"] or "",
        "tool_calls": [(call["name"], call["arguments"]) for call in told["tool_calls"]],
        # Functions of before tools have none, and get one of ours.
        "ids": answer["ids"] if None in ids else ids,
        "usage": usage(told["usage"]),
    }
    if exchange["provider"] in MORE:
        expected["reasoning"] = expected["reasoning"] or answer["reasoning"]
        if expected["usage"] and answer["usage"] and not expected["usage"][2]:
            expected["usage"] = (*expected["usage"][:2], answer["usage"][2], expected["usage"][3])
    return expected


def usage(told: dict[str, Any] | None) -> tuple[int, int, int, int] | None:
    """OpenAI's numbers are ours, but for xAI's, whose output leaves the reasoning out: the total tells."""
    if not told or told["input"] is None:
        return None
    output, reasoning = told["output"] or 0, told["reasoning"] or 0
    if told["total"] == told["input"] + output + reasoning:
        output += reasoning
    return told["input"], output, told["cache_read"] or 0, reasoning


def arguments(text: str) -> Any:
    """A call's arguments as the recordings have them."""
    try:
        return json.loads(text) if text else {}
    except ValueError:
        return text
