"""LiteLLM's model map: one JSON object by model, dollars per token."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from optipath_operator.catalogue.facts import Facts, LongContext
from optipath_operator.catalogue.sources.prices import dollars, per_million, without_gaps

# The map carries no date; it is its snapshot's.
DATE = "2026-08-01"
SOURCE = {
    "name": "LiteLLM model map",
    "from": "BerriAI/litellm by way of Prajwalsrinvas/token-tariff at dc2baf9d",
    "date": DATE,
    "licence": "MIT",
    "copyright": "Copyright (c) 2023 Berri AI",
}

_TYPES = {
    "openai": "OpenAI",
    "azure": "AzureOpenAI",
    "anthropic": "Anthropic",
    "gemini": "Gemini",
    "mistral": "Mistral",
    "deepseek": "DeepSeek",
    "dashscope": "Qwen",
    "groq": "Groq",
    "xai": "XAI",
    "openrouter": "OpenRouter",
    "together_ai": "Together",
    "fireworks_ai": "Fireworks",
    "perplexity": "Perplexity",
    "cerebras": "Cerebras",
    "moonshot": "Moonshot",
    "zai": "ZAI",
    "ollama": "Ollama",
}

_FLAGS = {
    "supports_function_calling": "Tools",
    "supports_parallel_function_calling": "ParallelTools",
    "supports_vision": "Vision",
    "supports_audio_input": "AudioInput",
    "supports_audio_output": "AudioOutput",
    "supports_pdf_input": "Documents",
    "supports_response_schema": "JSONSchema",
    "supports_reasoning": "Reasoning",
    "supports_prompt_caching": "PromptCache",
    "supports_web_search": "WebSearch",
}

_ENDPOINTS = {"/v1/completions": "Completions", "/v1/responses": "Responses"}

_LONG_CONTEXT = re.compile(r"input_cost_per_token_above_(?P<thousands>\d+)k_tokens")

# Rows that describe no model a request can name: fine-tunes (their names carry the tenant's suffix), OpenAI's
# container, Together's prices by size, image models that Fireworks' rows call chat, and Fireworks' short names,
# which LiteLLM makes up and the API does not take.
_NO_MODEL = {
    "OpenAI": re.compile(r"ft:.*|container"),
    "AzureOpenAI": re.compile(r".*/.*|container"),
    "Together": re.compile(r"together-ai-.*"),
    "Fireworks": re.compile(r"(?!accounts/).*|.*/flux-.*"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """Models of the types that OptiPath knows, by type and name."""

    chat: Mapping[tuple[str, str], Facts]
    other: frozenset[tuple[str, str]]
    """Names that do not speak chat: embeddings, images, models of the Responses API alone."""


def read(content: str) -> Listed:
    """The models in LiteLLM's map, retired ones too: a name may outlive its date, and what it did cost stays true."""
    rows: dict[str, dict[str, Any]] = json.loads(content, parse_float=Decimal)
    chat: dict[tuple[str, str], Facts] = {}
    other: set[tuple[str, str]] = set()
    # DeepSeek's models are listed with and without prefix; what is qualified by its provider comes last and stays.
    for key, row in sorted(rows.items(), key=lambda item: "/" in item[0]):
        provider = row.get("litellm_provider", "")
        if not (type_ := _TYPES.get(provider)):
            continue
        model = key.removeprefix(f"{provider}/")
        if type_ in _NO_MODEL and _NO_MODEL[type_].fullmatch(model):
            continue
        if _speaks_chat(row):
            chat[type_, model] = without_gaps(_facts(type_, row), model)
        else:
            other.add((type_, model))
    return Listed(chat, frozenset(other))


def _speaks_chat(row: Mapping[str, Any]) -> bool:
    mode = row.get("mode")
    return mode == "chat" or (mode == "responses" and "/v1/chat/completions" in row.get("supported_endpoints", ()))


def _facts(type_: str, row: Mapping[str, Any]) -> Facts:
    # Qwen's rows hold prices in tiers by length of input; the first tier is the price of an ordinary request.
    tiers = row.get("tiered_pricing", ())
    costs = {**row, **tiers[0]} if tiers else row
    cached = costs.get("cache_read_input_token_cost", costs.get("input_cost_per_token_cache_hit"))
    # `input_cost_per_image` is left alone: it holds the price of one image token (xAI) or what the tokens of an
    # ordinary image come to (OpenRouter's Claude), and those are counted with the input.
    return Facts(
        input_per_mtok=per_million(costs.get("input_cost_per_token")),
        output_per_mtok=per_million(costs.get("output_cost_per_token")),
        cached_input_per_mtok=per_million(cached),
        cache_write_per_mtok=per_million(costs.get("cache_creation_input_token_cost")),
        audio_input_per_mtok=per_million(costs.get("input_cost_per_audio_token")),
        audio_output_per_mtok=per_million(costs.get("output_cost_per_audio_token")),
        per_request=_per_request(type_, costs),
        long_context=_second_tier(tiers) or _above(row),
        context_window=_tokens(row.get("max_input_tokens")),
        max_output_tokens=_tokens(row.get("max_output_tokens")),
        capabilities=frozenset({"Chat", *_endpoints(row), *_flagged(row, says=True)}),
        lacks=frozenset(_flagged(row, says=False)),
    )


def _per_request(type_: str, costs: Mapping[str, Any]) -> Decimal | None:
    if type_ == "Perplexity" and (search := costs.get("search_context_cost_per_query")):
        # Perplexity's models search for every request, in a small context unless the request asks for more.
        return dollars(search["search_context_size_low"])
    return dollars(costs.get("input_cost_per_request"))


def _second_tier(tiers: Iterable[Mapping[str, Any]]) -> LongContext | None:
    # A price has one step, and some rows have three. The first is kept: right for all but the longest requests,
    # whose cost is then understated.
    _, *longer = tiers or (None,)
    return _long_context(longer[0], longer[0]["range"][0]) if longer else None


def _above(row: Mapping[str, Any]) -> LongContext | None:
    thresholds = sorted(int(match["thousands"]) for name in row if (match := _LONG_CONTEXT.fullmatch(name)))
    if not thresholds:
        return None
    suffix = f"_above_{thresholds[0]}k_tokens"
    return _long_context({name.removesuffix(suffix): cost for name, cost in row.items()}, thresholds[0] * 1000)


def _long_context(costs: Mapping[str, Any], above: Decimal | int) -> LongContext | None:
    into, out = per_million(costs.get("input_cost_per_token")), per_million(costs.get("output_cost_per_token"))
    return LongContext(int(above), into, out) if into is not None and out is not None else None


def _tokens(limit: Decimal | int | None) -> int | None:
    return int(limit) if limit else None


def _endpoints(row: Mapping[str, Any]) -> Iterable[str]:
    return (_ENDPOINTS[path] for path in row.get("supported_endpoints", ()) if path in _ENDPOINTS)


def _flagged(row: Mapping[str, Any], *, says: bool) -> Iterable[str]:
    return (capability for flag, capability in _FLAGS.items() if row.get(flag) is says)
