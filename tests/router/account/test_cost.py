"""What answers cost, to the last digit, and as providers billed them."""

import json
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from optipath_router.account.cost import cost
from optipath_router.chat.usage import Usage
from optipath_router.providers.openai.answer import read_answer
from optipath_router.providers.openai.reader import OpenAIReader
from optipath_snapshot import LongContext, Pricing
from support import wire

STEP = LongContext(above_input_tokens=200_000, input_per_mtok=Decimal("0.5"), output_per_mtok=Decimal(3))
EVERYTHING = Pricing(
    input_per_mtok=Decimal("0.25"),
    output_per_mtok=Decimal(2),
    cached_input_per_mtok=Decimal("0.025"),
    cache_write_per_mtok=Decimal("0.3125"),
    audio_input_per_mtok=Decimal(10),
    audio_output_per_mtok=Decimal("20.5"),
    per_request=Decimal("0.005"),
    long_context=STEP,
)
PLAIN = Pricing(input_per_mtok=Decimal("0.25"), output_per_mtok=Decimal(2))


def without(pricing: Pricing, *prices: str) -> Pricing:
    return pricing.model_copy(update=dict.fromkeys(prices))


COSTS = {
    "input and output": (Usage(1000, 500), PLAIN, "0.00125"),
    "a single token": (Usage(1, 0), PLAIN, "0.00000025"),
    "nothing": (Usage(0, 0), PLAIN, "0"),
    "reasoning is output": (Usage(0, 500, reasoning_tokens=400), PLAIN, "0.001"),
    "cached input has its price": (
        Usage(1000, 0, cached_input_tokens=800),
        without(EVERYTHING, "per_request"),
        "0.00007",
    ),
    "cached input without a price is input": (Usage(1000, 0, cached_input_tokens=800), PLAIN, "0.00025"),
    "written to a cache": (Usage(1000, 0, cache_write_tokens=800), without(EVERYTHING, "per_request"), "0.0003"),
    "audio heard and said": (
        Usage(1000, 500, audio_input_tokens=200, audio_output_tokens=100),
        without(EVERYTHING, "per_request"),
        "0.00505",
    ),
    "a request by itself": (Usage(0, 0), EVERYTHING, "0.005"),
    "all of it": (
        Usage(1000, 500, 300, 400, cache_write_tokens=200, audio_input_tokens=100, audio_output_tokens=50),
        EVERYTHING,
        "0.0080950",
    ),
    "at the step": (Usage(200_000, 1000), without(EVERYTHING, "per_request"), "0.052"),
    "above the step, all at the higher price": (Usage(200_001, 1000), without(EVERYTHING, "per_request"), "0.1030005"),
    "above the step, the cache keeps its share": (
        Usage(300_000, 0, cached_input_tokens=200_000, cache_write_tokens=50_000),
        without(EVERYTHING, "per_request"),
        "0.06625",
    ),
    "above the step, cached input without a price is input": (
        Usage(300_000, 0, cached_input_tokens=200_000),
        PLAIN.model_copy(update={"long_context": STEP}),
        "0.15",
    ),
    "a price of zero is a price": (
        Usage(1000, 500),
        Pricing(input_per_mtok=Decimal(0), output_per_mtok=Decimal(0)),
        "0",
    ),
    "input alone needs no price of output": (Usage(1000, 0), without(PLAIN, "output_per_mtok"), "0.00025"),
    "prices and tokens beyond what a float can hold": (
        Usage(2**53, 1),
        Pricing(
            input_per_mtok=Decimal("999999999.123456789012345678"), output_per_mtok=Decimal("0.000000000000000001")
        ),
        "9007199246845792643.243723880675560260632577",
    ),
}


@pytest.mark.row("A22")
@pytest.mark.parametrize(("usage", "pricing", "dollars"), COSTS.values(), ids=COSTS)
def test_known_tokens_at_known_prices_have_a_known_cost(usage: Usage, pricing: Pricing, dollars: str) -> None:
    assert cost(usage, pricing) == Decimal(dollars)


UNKNOWN = {
    "no prices": (Usage(1, 1), None),
    "no price of input": (Usage(1, 1), without(EVERYTHING, "input_per_mtok")),
    "no price of output": (Usage(1, 1), without(EVERYTHING, "output_per_mtok")),
    "no price of writing to a cache": (Usage(9, 1, cache_write_tokens=1), PLAIN),
    "no price of audio heard": (Usage(9, 1, audio_input_tokens=1), PLAIN),
    "no price of audio said": (Usage(9, 1, audio_output_tokens=1), PLAIN),
    "cached input, and no price of input either": (
        Usage(1, 0, cached_input_tokens=1),
        Pricing(output_per_mtok=Decimal(1)),
    ),
}


@pytest.mark.parametrize(("usage", "pricing"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_price_that_is_not_known_is_not_taken_for_nothing(usage: Usage, pricing: Pricing | None) -> None:
    assert cost(usage, pricing) is None


@pytest.mark.row("C25", "E16")
def test_the_price_in_force_is_the_one_that_is_handed_in() -> None:
    dearer = PLAIN.model_copy(update={"input_per_mtok": Decimal("0.5")})
    assert cost(Usage(1000, 0), PLAIN) == Decimal("0.00025")
    assert cost(Usage(1000, 0), dearer) == Decimal("0.0005")


# As OpenRouter billed, at the prices of November 2026.

BILLED = {
    "anthropic/claude-4.5-haiku-20251001": ("1", "5", "0.1", "1.25"),
    "anthropic/claude-4.5-sonnet-20250929": ("3", "15", "0.3", "3.75"),
    "anthropic/claude-4.6-sonnet-20260217": ("3", "15", "0.3", "3.75"),
    "google/gemini-2.5-flash": ("0.3", "2.5", "0.03", "0.083333"),
    "openai/gpt-4o-mini-2024-07-18": ("0.15", "0.6", "0.075", None),
    "openai/gpt-5-mini-2025-08-07": ("0.25", "2", "0.025", None),
}


@pytest.mark.row("A22")
def test_recorded_answers_cost_what_was_billed_for_them() -> None:
    compared: Counter[str] = Counter()
    for exchange, body in wire.answers():
        answer = exchange["response"]["body"]
        prices = BILLED.get(answer.get("model"))
        told = (answer.get("usage") or {}).get("cost_details")
        if not prices or not told:
            continue
        usage, _ = read_answer(body)
        assert usage is not None
        if usage.cached_input_tokens + usage.cache_write_tokens > usage.input_tokens:
            continue  # one answer, of which Gemini bills the same tokens as read and as written
        fields = ("input_per_mtok", "output_per_mtok", "cached_input_per_mtok", "cache_write_per_mtok")
        dollars = cost(
            usage, Pricing(**{name: price and Decimal(price) for name, price in zip(fields, prices, strict=True)})
        )
        assert dollars is not None
        assert float(dollars) == pytest.approx(told["upstream_inference_cost"], abs=1e-9), exchange["id"]
        compared[answer["model"]] += 1
    assert compared.total() > 40


TOKENS = st.integers(0, 10**7)
DOLLARS = st.decimals(0, 1000, places=9)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """A usage whose totals are the sums of their parts."""
    cached, written, heard, said = (draw(TOKENS) for _ in range(4))
    return Usage(
        input_tokens=cached + written + heard + draw(TOKENS),
        output_tokens=said + draw(TOKENS),
        cached_input_tokens=cached,
        cache_write_tokens=written,
        audio_input_tokens=heard,
        audio_output_tokens=said,
    )


PARTS = ("cached_input_tokens", "cache_write_tokens", "audio_input_tokens")
FLAT = st.builds(
    Pricing,
    **{name: DOLLARS for name in Pricing.model_fields if name.endswith("_per_mtok")},
    per_request=DOLLARS,
)
PRICINGS = st.builds(
    lambda flat, step: flat.model_copy(update={"long_context": step}),
    FLAT,
    st.none()
    | st.builds(LongContext, above_input_tokens=st.integers(1, 10**6), input_per_mtok=DOLLARS, output_per_mtok=DOLLARS),
)
ODD_USAGES = st.builds(Usage, *[TOKENS] * 7)


def added(one: Usage, other: Usage) -> Usage:
    counts = ("input_tokens", "output_tokens", "audio_output_tokens", *PARTS)
    return Usage(**{name: getattr(one, name) + getattr(other, name) for name in counts})


@given(one=usages(), other=usages(), pricing=FLAT)
def test_two_answers_cost_what_one_of_both_their_tokens_costs_and_a_request(
    one: Usage, other: Usage, pricing: Pricing
) -> None:
    apart, together = (cost(one, pricing), cost(other, pricing)), cost(added(one, other), pricing)
    assert apart[0] is not None
    assert apart[1] is not None
    assert together is not None
    assert apart[0] + apart[1] == together + (pricing.per_request or 0)


@given(usage=ODD_USAGES, pricing=PRICINGS)
def test_no_answer_costs_less_than_nothing_however_odd_its_usage(usage: Usage, pricing: Pricing) -> None:
    dollars = cost(usage, pricing)
    assert dollars is None or dollars >= 0


@given(usage=ODD_USAGES, pricing=FLAT, more=TOKENS, where=st.sampled_from(["input_tokens", "output_tokens"]))
def test_more_tokens_never_cost_less(usage: Usage, pricing: Pricing, more: int, where: str) -> None:
    less, dearer = cost(usage, pricing), cost(replace(usage, **{where: getattr(usage, where) + more}), pricing)
    assert less is not None
    assert dearer is not None
    assert less <= dearer


@pytest.mark.row("A22")
@given(
    tokens=st.lists(TOKENS, min_size=6, max_size=6),
    pricing=PRICINGS,
)
def test_a_streamed_answer_costs_what_a_plain_one_costs(tokens: list[int], pricing: Pricing) -> None:
    given_, made, cached, written, heard, said = tokens
    usage = {
        "prompt_tokens": given_,
        "completion_tokens": made,
        "prompt_tokens_details": {"cached_tokens": cached, "cache_write_tokens": written, "audio_tokens": heard},
        "completion_tokens_details": {"audio_tokens": said},
    }
    plain, _ = read_answer(json.dumps({"choices": [{"message": {"content": "Hello"}}], "usage": usage}).encode())
    chunks = [{"choices": [{"delta": {"content": "Hello"}, "finish_reason": "stop"}]}, {"choices": [], "usage": usage}]
    stream = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks).encode()
    (streamed,) = [event.usage for event in OpenAIReader().feed(stream) if event.usage]
    assert plain is not None
    assert streamed is not None
    assert cost(streamed, pricing) == cost(plain, pricing)
