"""models.dev's database: one JSON object by provider and model, dollars per million tokens."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from optipath_operator.catalogue.facts import Facts, LongContext
from optipath_operator.catalogue.sources.prices import dollars, without_gaps

# The file names a commit; the date is that commit's.
DATE = "2026-07-02"
SOURCE = {
    "name": "models.dev",
    "from": "anomalyco/models.dev at f3fc6922",
    "date": DATE,
    "licence": "MIT",
    "copyright": "Copyright (c) 2025 models.dev",
}

# Qwen's default URL is the international one, so its prices are, and not those of `alibaba-cn`. What runs in Ollama's
# cloud runs at home too; neither has a price here.
_TYPES = {
    "openai": "OpenAI",
    "anthropic": "Anthropic",
    "google": "Gemini",
    "mistral": "Mistral",
    "deepseek": "DeepSeek",
    "alibaba": "Qwen",
    "groq": "Groq",
    "xai": "XAI",
    "openrouter": "OpenRouter",
    "togetherai": "Together",
    "ollama-cloud": "Ollama",
}

_FLAGS = {"tool_call": "Tools", "structured_output": "JSONSchema", "reasoning": "Reasoning"}

# Makers whose models are listed under another name than the one that a `base_model` gives.
_MAKERS = {"zhipuai": "zai"}

_INPUTS = {"image": "Vision", "audio": "AudioInput", "pdf": "Documents"}

_Entry = Mapping[str, Any]
_Providers = Mapping[str, Mapping[str, Mapping[str, _Entry]]]


def read(content: str) -> dict[tuple[str, str], Facts]:
    """The models in models.dev's database that take and give text, by type and name."""
    providers: _Providers = json.loads(content, parse_float=Decimal)["providers"]
    entries = (
        (type_, model, _whole(entry, providers))
        for provider, type_ in _TYPES.items()
        for model, entry in providers[provider]["models"].items()
    )
    return {
        (type_, model): without_gaps(_facts(entry), model)
        for type_, model, entry in entries
        if _takes_and_gives_text(entry) and "realtime" not in model
    }


def _whole(entry: _Entry, providers: _Providers) -> _Entry:
    """An entry with what it leaves to its `base_model`: the same model at its maker's. Prices are never left to it."""
    maker, _, model = entry.get("base_model", "").partition("/")
    base = providers.get(_MAKERS.get(maker, maker), {}).get("models", {}).get(model, {})
    return {
        **base,
        **entry,
        "cost": entry.get("cost", {}),
        "limit": {**base.get("limit", {}), **entry.get("limit", {})},
        "modalities": {**base.get("modalities", {}), **entry.get("modalities", {})},
    }


def _takes_and_gives_text(entry: _Entry) -> bool:
    modalities = entry["modalities"]
    return all("text" in modalities.get(way, ("text",)) for way in ("input", "output"))


def _facts(entry: _Entry) -> Facts:
    cost, limit = entry["cost"], entry["limit"]
    cached = dollars(cost.get("cache_read", cost.get("cached_input")))
    return Facts(
        input_per_mtok=dollars(cost.get("input")),
        output_per_mtok=dollars(cost.get("output")),
        cached_input_per_mtok=cached,
        cache_write_per_mtok=dollars(cost.get("cache_write")),
        audio_input_per_mtok=dollars(cost.get("input_audio")),
        audio_output_per_mtok=dollars(cost.get("output_audio")),
        long_context=_long_context(cost.get("tiers", ())),
        context_window=limit.get("context") or None,
        max_output_tokens=limit.get("output") or None,
        capabilities=frozenset(
            {"Chat", *_flagged(entry, says=True), *_media(entry), *(["PromptCache"] if cached else [])}
        ),
        lacks=frozenset({*_flagged(entry, says=False), *_denied_media(entry)}),
    )


def _long_context(tiers: Iterable[Mapping[str, Any]]) -> LongContext | None:
    for tier in tiers:
        into, out = dollars(tier["input"]), dollars(tier["output"])
        if into is not None and out is not None:
            return LongContext(tier["tier"]["size"], into, out)
    return None


def _flagged(entry: _Entry, *, says: bool) -> Iterable[str]:
    return (capability for flag, capability in _FLAGS.items() if entry.get(flag) is says)


def _media(entry: _Entry) -> Iterable[str]:
    modalities = entry["modalities"]
    yield from (_INPUTS[medium] for medium in modalities.get("input", ()) if medium in _INPUTS)
    if "audio" in modalities.get("output", ()):
        yield "AudioOutput"


def _denied_media(entry: _Entry) -> Iterable[str]:
    """What a list of media denies by not naming it.

    Images and sound are recorded with care: of 59 models that see images by LiteLLM's map, one does not here. Documents
    are not: of 24 models that read them, 16 do not here. So their absence says nothing.
    """
    modalities = entry["modalities"]
    if "input" in modalities:
        yield from {"Vision", "AudioInput"} - {*_media(entry)}
    if "output" in modalities and "audio" not in modalities["output"]:
        yield "AudioOutput"
