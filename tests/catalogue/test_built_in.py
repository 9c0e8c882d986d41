"""The packaged catalogue: what it holds, compared with the lists it was made from."""

import json
import os
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from optipath_operator.catalogue.facts import EXTRA_PRICES, Facts, LongContext
from optipath_operator.catalogue.make import TARGET, make
from optipath_operator.catalogue.read import built_in

PROJECT = Path(__file__).parents[2]
PRICES = Path(os.environ.get("OPTIPATH_FIXTURES", PROJECT / "../shared/fixtures")) / "prices"

CAPABILITIES = {
    "Chat",
    "Completions",
    "Responses",
    "Embeddings",
    "Images",
    "Transcription",
    "Speech",
    "Moderation",
    "Rerank",
    "Tools",
    "ParallelTools",
    "Vision",
    "AudioInput",
    "AudioOutput",
    "Documents",
    "JSONMode",
    "JSONSchema",
    "Reasoning",
    "PromptCache",
    "WebSearch",
    "LogProbs",
}

COUNTS = {
    "Anthropic": 29,
    "AzureOpenAI": 82,
    "Cerebras": 7,
    "DeepSeek": 8,
    "Fireworks": 250,
    "Gemini": 40,
    "Groq": 15,
    "Mistral": 57,
    "Moonshot": 22,
    "Ollama": 64,
    "OpenAI": 81,
    "OpenRouter": 347,
    "Perplexity": 20,
    "Qwen": 67,
    "Together": 55,
    "XAI": 43,
    "ZAI": 13,
}

# By hand from the sources: input and output per million tokens, window, longest answer.
KNOWN = {
    ("OpenAI", "gpt-5-mini"): ("0.25", "2", 400_000, 128_000),
    ("OpenAI", "gpt-5-mini-2025-08-07"): ("0.25", "2", 400_000, 128_000),
    ("OpenAI", "gpt-4o-2024-05-13"): ("5", "15", 128_000, 4_096),
    ("OpenAI", "gpt-3.5-turbo"): ("0.5", "1.5", 16_385, 4_096),
    ("Mistral", "mistral-large-2402"): ("4", "12", 32_000, 8_191),
    ("Mistral", "codestral-latest"): ("0.3", "0.9", 256_000, 8_191),
    ("DeepSeek", "deepseek-v4-pro"): ("0.435", "0.87", 1_000_000, 384_000),
    ("Qwen", "qwen3-max"): ("1.2", "6", 262_144, 65_536),
    ("Groq", "llama-3.1-8b-instant"): ("0.05", "0.08", 131_072, 131_072),
    ("XAI", "grok-4-latest"): ("3", "15", 256_000, 256_000),
    ("OpenRouter", "openai/gpt-3.5-turbo"): ("0.5", "1.5", 16_385, 4_096),
    ("OpenRouter", "openai/gpt-5.5"): ("5", "30", 1_050_000, 128_000),
    ("OpenRouter", "qwen/qwen3-coder:free"): ("0", "0", 262_000, 262_000),
    ("Together", "meta-llama/Llama-3.3-70B-Instruct-Turbo-Free"): ("0", "0", None, None),
    ("Together", "Qwen/Qwen3-235B-A22B-Instruct-2507-tput"): ("0.2", "0.6", 262_144, 262_144),
    ("Fireworks", "accounts/fireworks/models/glm-4p5-air"): ("0.22", "0.88", 128_000, 96_000),
    ("Perplexity", "sonar-pro"): ("3", "15", 200_000, 8_000),
    ("Ollama", "llama3.1"): (None, None, 8_192, 8_192),
}


def facts(type_: str, model: str) -> Facts:
    found = built_in().facts(type_, model)
    assert found is not None, f"{model} is not listed for {type_}"
    return found


def everything() -> Iterator[tuple[str, str, Facts]]:
    for type_, models in built_in().models.items():
        for model, known in models.items():
            yield type_, model, known


def amounts(known: Facts) -> dict[str, Decimal]:
    names = ("input_per_mtok", "output_per_mtok", *EXTRA_PRICES)
    long = known.long_context
    step = {"long input": long.input_per_mtok, "long output": long.output_per_mtok} if long else {}
    return {name: value for name in names if (value := getattr(known, name)) is not None} | step


@pytest.fixture(scope="module")
def litellm_map() -> str:
    return read("litellm_model_prices.json")


@pytest.fixture(scope="module")
def models_dev_database() -> str:
    return read("models_dev.json")


def read(name: str) -> str:
    path = PRICES / name
    if not path.exists():
        pytest.skip(f"no recorded price list at {path}; OPTIPATH_FIXTURES names the folder")
    return path.read_text(encoding="utf-8")


def test_the_packaged_file_is_what_make_writes_from_the_recorded_lists(
    litellm_map: str, models_dev_database: str
) -> None:
    content, summary = make(litellm_map, models_dev_database)
    assert content == TARGET.read_bytes(), "run `make catalogue`"
    assert "1200 chat models as of 2026-08-01" in summary
    assert "sources differ on 51 prices" in summary


def test_it_lists_a_thousand_chat_models_over_all_types_that_have_public_ones() -> None:
    assert {type_: len(models) for type_, models in built_in().models.items()} == COUNTS
    assert sum(COUNTS.values()) == 1200
    assert all("Chat" in known.capabilities for _, _, known in everything())


def test_most_models_have_a_price_and_a_window() -> None:
    complete = [known for _, _, known in everything() if known.priced and known.context_window]
    assert len(complete) == 1087


def test_it_has_the_date_and_the_sources_of_its_data() -> None:
    header = json.loads(TARGET.read_bytes())
    assert built_in().date == header["date"] == "2026-08-01"
    assert [(source["date"], source["licence"]) for source in header["sources"]] == [
        ("2026-08-01", "MIT"),
        ("2026-07-02", "MIT"),
    ]


@pytest.mark.parametrize(("name", "expected"), KNOWN.items(), ids=lambda value: "/".join(map(str, value)))
def test_what_the_sources_say_of(
    name: tuple[str, str], expected: tuple[str | None, str | None, int | None, int | None]
) -> None:
    known = facts(*name)
    into, out, window, answer = expected
    assert (known.input_per_mtok, known.output_per_mtok) == tuple(price and Decimal(price) for price in (into, out))
    assert (known.context_window, known.max_output_tokens) == (window, answer)


def test_every_price_of_openai_is_the_published_one_to_the_last_digit(litellm_map: str) -> None:
    rows: dict[str, dict[str, Any]] = json.loads(litellm_map, parse_float=str)
    for model, known in built_in().models["OpenAI"].items():
        published = Decimal(rows[model]["input_cost_per_token"])
        assert known.input_per_mtok == published * 1_000_000, model


def test_prices_beside_input_and_output() -> None:
    assert facts("OpenAI", "gpt-5-mini").cached_input_per_mtok == Decimal("0.025")
    assert facts("OpenAI", "gpt-5.6").cache_write_per_mtok == Decimal("6.25")
    assert facts("OpenAI", "gpt-audio").audio_input_per_mtok == Decimal(32)
    assert facts("OpenAI", "gpt-audio").audio_output_per_mtok == Decimal(64)
    assert facts("Perplexity", "sonar-pro").per_request == Decimal("0.006")


def test_prices_of_long_requests() -> None:
    assert facts("XAI", "grok-4-latest").long_context == LongContext(128_000, Decimal(6), Decimal(30))
    assert facts("OpenAI", "gpt-5.6").long_context == LongContext(272_000, Decimal(10), Decimal(45))
    assert facts("Qwen", "qwen3-max").long_context == LongContext(32_000, Decimal("2.4"), Decimal(12))
    assert facts("OpenAI", "gpt-4o").long_context is None


def test_no_price_is_negative_or_absurd() -> None:
    for type_, model, known in everything():
        for name, amount in amounts(known).items():
            assert 0 <= amount <= 1000, f"{type_} {model}: {name} is {amount}"


def test_prices_are_plain_decimals() -> None:
    for type_, model, known in everything():
        for name, amount in amounts(known).items():
            assert re.fullmatch(r"\d+(\.\d*[1-9])?", str(amount)), f"{type_} {model}: {name} is {amount}"


def test_a_long_request_costs_no_less_than_a_short_one() -> None:
    for type_, model, known in everything():
        if long := known.long_context:
            assert known.input_per_mtok is not None
            assert known.output_per_mtok is not None
            assert long.above_input_tokens > 0
            assert long.input_per_mtok >= known.input_per_mtok, f"{type_} {model}"
            assert long.output_per_mtok >= known.output_per_mtok, f"{type_} {model}"


def test_only_models_that_say_so_are_free() -> None:
    free = [model for _, model, known in everything() if known.priced and known.output_per_mtok == 0]
    assert len(free) == 24
    assert all(model.lower().endswith("free") for model in free)


def test_a_price_that_nobody_recorded_is_absent() -> None:
    assert not any(known.priced for type_, _, known in everything() if type_ == "Ollama")
    for type_, model in (("OpenRouter", "openrouter/auto"), ("Groq", "groq/compound"), ("Qwen", "qwen3-30b-a3b")):
        assert amounts(facts(type_, model)) == {}


def test_an_answer_fits_into_the_window() -> None:
    for type_, model, known in everything():
        if known.max_output_tokens and known.context_window:
            assert 0 < known.max_output_tokens <= known.context_window, f"{type_} {model}"


def test_capabilities_are_of_the_closed_list_and_never_both_there_and_missing() -> None:
    for type_, model, known in everything():
        assert known.capabilities | known.lacks <= CAPABILITIES, f"{type_} {model}"
        assert not known.capabilities & known.lacks, f"{type_} {model}"


def test_capabilities_have_three_values() -> None:
    mini = facts("OpenAI", "o3-mini")
    assert {"Chat", "Tools", "JSONSchema", "Reasoning"} <= mini.capabilities
    assert {"Vision", "AudioInput", "ParallelTools"} <= mini.lacks
    assert not {"Documents", "JSONMode", "LogProbs"} & (mini.capabilities | mini.lacks)


def test_a_yes_of_either_source_outweighs_a_no() -> None:
    assert "Tools" in facts("DeepSeek", "deepseek-reasoner").capabilities
    assert "Vision" in facts("Mistral", "ministral-8b-latest").capabilities


@pytest.mark.parametrize(
    ("type_", "model"),
    [
        ("OpenAI", "text-embedding-3-small"),
        ("OpenAI", "gpt-5-codex"),
        ("OpenAI", "gpt-5.3-codex-spark"),
        ("OpenAI", "gpt-image-1"),
        ("OpenAI", "ft:gpt-4o-2024-08-06"),
        ("OpenAI", "container"),
        ("Mistral", "mistral-embed"),
        ("Groq", "whisper-large-v3"),
        ("XAI", "grok-imagine-video"),
        ("Qwen", "qwen-omni-turbo-realtime"),
        ("Together", "together-ai-4.1b-8b"),
        ("Fireworks", "glm-4p7"),
        ("Fireworks", "accounts/fireworks/models/flux-1-dev"),
        ("OpenRouter", "openrouter/openai/gpt-5"),
        ("Perplexity", "preset/pro-search"),
        ("VLLM", "llama-3.1-8b"),
        ("OpenAICompatible", "gpt-4o"),
    ],
)
def test_what_is_no_chat_model_is_not_listed(type_: str, model: str) -> None:
    assert built_in().facts(type_, model) is None


def test_retired_models_stay() -> None:
    assert facts("OpenAI", "gpt-4-0613").priced
    assert facts("XAI", "grok-3").priced
