"""Reading the two lists, and making one of them."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_operator.catalogue.facts import Facts
from optipath_operator.catalogue.sources import litellm, models_dev
from optipath_operator.catalogue.sources.merge import catalogue, combine, disagree
from optipath_operator.catalogue.sources.prices import dollars, per_million, without_gaps

PROVIDERS = (
    "openai",
    "anthropic",
    "google",
    "mistral",
    "deepseek",
    "alibaba",
    "groq",
    "xai",
    "openrouter",
    "togetherai",
    "ollama-cloud",
)

LIMITS = st.none() | st.integers(1, 2_000_000)
PRICES = st.none() | st.decimals(0, 100, places=4)
NAMES = st.frozensets(st.sampled_from(["Tools", "Vision", "JSONSchema"]))
FACTS = st.builds(
    Facts,
    input_per_mtok=PRICES,
    output_per_mtok=PRICES,
    cached_input_per_mtok=PRICES,
    context_window=LIMITS,
    max_output_tokens=LIMITS,
    capabilities=NAMES,
    lacks=NAMES,
)


def from_litellm(**rows: dict[str, Any]) -> litellm.Listed:
    return litellm.read(json.dumps(rows))


def from_models_dev(provider: str, **entries: dict[str, Any]) -> dict[tuple[str, str], Facts]:
    empty: dict[str, Any] = {name: {"models": {}} for name in PROVIDERS}
    return models_dev.read(json.dumps({"providers": {**empty, provider: {"models": entries}}}))


def price(into: str, out: str, **more: Any) -> Facts:
    return Facts(input_per_mtok=Decimal(into), output_per_mtok=Decimal(out), **more)


@pytest.mark.parametrize(
    ("per_token", "expected"),
    [
        ("2.5e-07", "0.25"),
        ("2e-06", "2"),
        ("2.5e-08", "0.025"),
        ("0.00015", "150"),
        ("3.625e-09", "0.003625"),
        ("0.0", "0"),
    ],
)
def test_dollars_per_million_are_exact_and_without_exponent(per_token: str, expected: str) -> None:
    assert str(per_million(Decimal(per_token))) == expected


def test_the_noise_of_binary_fractions_is_dropped() -> None:
    assert str(dollars(Decimal("0.09999999999999999"))) == "0.1"


@pytest.mark.parametrize(
    "model", ["qwen/qwen3-coder:free", "meta-llama/Llama-3.3-70B-Instruct-Turbo-Free", "openrouter/free"]
)
def test_two_zeros_are_a_price_where_the_name_says_free(model: str) -> None:
    assert without_gaps(price("0", "0"), model).priced


@pytest.mark.parametrize("model", ["llama3", "openrouter/auto", "freebird", "carefree"])
def test_two_zeros_are_a_gap_elsewhere(model: str) -> None:
    assert without_gaps(price("0", "0", context_window=8192), model) == Facts(context_window=8192)


def test_a_zero_beside_a_price_is_a_gap() -> None:
    facts = without_gaps(price("1", "2", cached_input_per_mtok=Decimal(0), cache_write_per_mtok=Decimal(3)), "model")
    assert facts == price("1", "2", cache_write_per_mtok=Decimal(3))


def test_input_may_be_free_where_output_and_requests_are_not() -> None:
    facts = price("0", "2.8", per_request=Decimal("0.005"))
    assert without_gaps(facts, "pplx-70b-online") == facts


def test_litellm_flags_say_yes_no_or_nothing() -> None:
    flags = {"supports_vision": True, "supports_function_calling": False}
    listed = from_litellm(model={"litellm_provider": "openai", "mode": "chat", **flags})
    assert listed.chat["OpenAI", "model"] == Facts(
        capabilities=frozenset({"Chat", "Vision"}), lacks=frozenset({"Tools"})
    )


def test_a_model_of_the_responses_api_is_listed_only_if_it_speaks_chat_as_well() -> None:
    row = {"litellm_provider": "openai", "mode": "responses"}
    listed = from_litellm(
        one={**row, "supported_endpoints": ["/v1/responses"]},
        both={**row, "supported_endpoints": ["/v1/chat/completions", "/v1/responses"]},
    )
    assert listed.chat == {("OpenAI", "both"): Facts(capabilities=frozenset({"Chat", "Responses"}))}
    assert listed.other == {("OpenAI", "one")}


def test_thresholds_of_a_service_class_are_not_those_of_long_requests() -> None:
    costs = {"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06}
    flex = {"input_cost_per_token_above_272k_tokens_flex": 3e-06, "output_cost_per_token_above_272k_tokens_flex": 4e-06}
    listed = from_litellm(model={"litellm_provider": "openai", "mode": "chat", **costs, **flex})
    assert listed.chat["OpenAI", "model"].long_context is None


def test_models_dev_denies_images_and_sound_by_silence_but_not_documents() -> None:
    [facts] = from_models_dev("mistral", model={"modalities": {"input": ["text"], "output": ["text"]}}).values()
    assert facts.lacks == {"Vision", "AudioInput", "AudioOutput"}


def test_models_dev_says_nothing_where_it_has_no_modalities() -> None:
    [facts] = from_models_dev("mistral", model={}).values()
    assert facts == Facts(capabilities=frozenset({"Chat"}))


def test_an_entry_has_what_its_base_has_except_the_price() -> None:
    bases = {"base": {"tool_call": True, "cost": {"input": 1, "output": 2}, "limit": {"context": 4096, "output": 512}}}
    content = {name: {"models": {}} for name in PROVIDERS} | {
        "zai": {"models": bases},
        "openrouter": {"models": {"z-ai/base": {"base_model": "zhipuai/base", "limit": {"output": 1024}}}},
    }
    facts = models_dev.read(json.dumps({"providers": content}))["OpenRouter", "z-ai/base"]
    assert facts == Facts(context_window=4096, max_output_tokens=1024, capabilities=frozenset({"Chat", "Tools"}))


def test_a_cached_price_is_taken_over_only_beside_the_same_price() -> None:
    cached = price("1", "2", cached_input_per_mtok=Decimal("0.1"))
    assert combine(price("1", "2"), cached).cached_input_per_mtok == Decimal("0.1")
    assert combine(price("1", "3"), cached).cached_input_per_mtok is None


def test_a_price_on_one_side_only_is_no_disagreement() -> None:
    assert disagree(price("1", "2"), price("1", "3"))
    assert not disagree(price("1", "2"), price("1.0", "2"))
    assert not disagree(price("1", "2"), Facts())


def test_a_snapshot_described_like_its_undated_name_gets_what_the_other_list_says_of_that() -> None:
    row = {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 272_000}
    newer = from_litellm(
        **{"mini": row, "mini-2025-08-07": row, "mini-2024-01-01": {**row, "max_input_tokens": 4_096}},
    )
    older = from_models_dev("openai", mini={"limit": {"context": 400_000}})
    windows = {name: facts.context_window for name, facts in catalogue(newer, older).models["OpenAI"].items()}
    assert windows == {"mini": 400_000, "mini-2025-08-07": 400_000, "mini-2024-01-01": 4_096}


@given(first=FACTS, second=FACTS)
def test_together_they_know_no_less_and_contradict_nothing(first: Facts, second: Facts) -> None:
    both = combine(first, second)
    assert both.capabilities == first.capabilities | second.capabilities
    assert both.lacks == (first.lacks | second.lacks) - both.capabilities
    assert (both.context_window or 0) == max(first.context_window or 0, second.context_window or 0)
    if first.priced:
        assert (both.input_per_mtok, both.output_per_mtok) == (first.input_per_mtok, first.output_per_mtok)
