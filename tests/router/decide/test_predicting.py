"""What a request is predicted to come to."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.account.cost import cost as booked
from optipath_router.chat.conversation import Wire
from optipath_router.chat.features import Features, TaskType
from optipath_router.chat.usage import Usage
from optipath_router.decide.decision import Measured, Reason, Warm
from optipath_router.decide.predict import Predicted, Predictor, facts
from optipath_router.decide.predict.cost import predict_cost
from optipath_router.decide.predict.measured import predict_seconds, predict_success
from optipath_router.decide.predict.output import UNSEEN, expected_output
from optipath_router.decide.predict.quality import predict_quality, shares
from optipath_router.decide.scored import Source
from optipath_snapshot import CostCeiling, LongContext, Pricing, Target
from support.builders import target
from support.ranking import names, priced, quality, ranked

CODE = ((TaskType.CODE, 0.75), (TaskType.MATH, 0.25))
LONG = LongContext(above_input_tokens=1000, input_per_mtok=Decimal(2), output_per_mtok=Decimal(8))


def quality_of(made: Target, **seen: object) -> Predicted:
    features = Features("auto", 100, **seen)  # type: ignore[arg-type]  # by name
    return predict_quality(facts(made), features, shares(features))


DECLARED: dict[str, tuple[dict[str, Decimal], dict[str, object], float | None, Source]] = {
    "nothing": ({}, {"tasks": CODE, "difficulty": 0.5}, None, Source.UNKNOWN),
    "a default": (quality("0.7"), {}, 0.7, Source.DECLARED),
    "a default, a task seen": (quality("0.7"), {"tasks": CODE}, 0.7, Source.DECLARED),
    "by task": (quality("0.7", Code="0.8", Math="0.4"), {"tasks": CODE}, 0.7, Source.DECLARED_BY_TASK),
    "one task, the default for the other": (quality("0.4", Code="0.8"), {"tasks": CODE}, 0.7, Source.DECLARED_BY_TASK),
    "one task, and no default": (quality(Code="0.8"), {"tasks": CODE}, 0.8, Source.DECLARED_BY_TASK),
    "by task, none seen": (quality("0.7", Code="0.8"), {}, 0.7, Source.DECLARED),
    "by task, none seen and no default": (quality(Code="0.8"), {}, None, Source.UNKNOWN),
    "middling difficulty changes nothing": (quality("0.7"), {"difficulty": 0.5}, 0.7, Source.DECLARED_BY_DIFFICULTY),
    "task and difficulty": (
        quality("0.7", Code="0.8", Math="0.4"),
        {"tasks": CODE, "difficulty": 0.5},
        0.7,
        Source.DECLARED_BY_TASK_AND_DIFFICULTY,
    ),
    "a known model": (quality("0.7"), {"known_quality": {"small": 0.33}, "difficulty": 0.9}, 0.33, Source.KNOWN_MODEL),
    "another model is known": (quality("0.7"), {"known_quality": {"large": 0.33}}, 0.7, Source.DECLARED),
}


@pytest.mark.row("E07", "E08", "E09", "E10")
@pytest.mark.parametrize(("declared", "seen", "value", "source"), DECLARED.values(), ids=DECLARED)
def test_quality(declared: dict[str, Decimal], seen: dict[str, object], value: float | None, source: Source) -> None:
    found, where = quality_of(target("acme/small", quality=declared), **seen)
    assert (found, where) == (None if value is None else pytest.approx(value), source)


@given(percent=st.integers(0, 100), one=st.floats(0, 1), other=st.floats(0, 1))
def test_what_is_more_difficult_is_never_done_better(percent: int, one: float, other: float) -> None:
    made = target(quality=quality(str(Decimal(percent) / 100)))
    easy, hard = (quality_of(made, difficulty=each)[0] or 0.0 for each in sorted((one, other)))
    assert 0 <= hard <= easy <= 1


@given(difficulty=st.floats(0, 1), better=st.integers(50, 100), worse=st.integers(0, 49))
def test_difficulty_never_turns_the_order_of_two_models(difficulty: float, better: int, worse: int) -> None:
    found = [
        quality_of(target(quality=quality(str(Decimal(each) / 100))), difficulty=difficulty)[0] or 0.0
        for each in (better, worse)
    ]
    assert found[0] >= found[1]


def test_models_are_alike_where_it_is_easy_and_apart_where_it_is_demanding() -> None:
    weak, strong = (target(quality=quality(each)) for each in ("0.6", "0.85"))
    gaps = [
        (quality_of(strong, difficulty=each)[0] or 0.0) - (quality_of(weak, difficulty=each)[0] or 0.0)
        for each in (0.0, 0.5, 0.75)
    ]
    assert gaps[0] < 0.15 < gaps[1] < gaps[2]


@given(tokens_in=st.integers(1, 5000), tokens_out=st.integers(0, 5000), long=st.booleans())
def test_a_cost_is_what_would_be_booked_for_these_tokens(tokens_in: int, tokens_out: int, *, long: bool) -> None:
    pricing = priced("1.5", "6", per_request=Decimal("0.001"), long_context=LONG if long else None)
    found, source = predict_cost(facts(target(pricing=pricing)), tokens_in, tokens_out, None)
    exact = booked(Usage(tokens_in, tokens_out), pricing)
    assert exact is not None
    assert found == pytest.approx(float(exact))
    assert source is Source.PRICES


@given(tokens=st.integers(0, 5000), long=st.booleans())
def test_staying_with_a_conversation_s_target_saves_what_its_cache_is_cheaper(tokens: int, *, long: bool) -> None:
    pricing = priced("1.5", "6", cached_input_per_mtok=Decimal("0.3"), long_context=LONG if long else None)
    made = facts(target("acme/small", pricing=pricing))
    there, source = predict_cost(made, 3000, 100, Warm("acme/small", tokens))
    cached = min(tokens, 3000) if tokens >= 1024 else 0
    exact = booked(Usage(3000, 100, cached_input_tokens=cached), pricing)
    assert exact is not None
    assert there == pytest.approx(float(exact))
    assert source is (Source.PRICES_CACHED if cached else Source.PRICES)
    assert predict_cost(made, 3000, 100, Warm("bell/small", tokens))[1] is Source.PRICES


def test_who_cannot_cache_prompts_saves_nothing() -> None:
    pricing = priced("1.5", "6", cached_input_per_mtok=Decimal("0.3"))
    made = facts(target("acme/small", pricing=pricing, lacks=("PromptCache",)))
    assert predict_cost(made, 3000, 100, Warm("acme/small", 3000))[1] is Source.PRICES


@pytest.mark.parametrize("pricing", [None, Pricing(input_per_mtok=Decimal(1)), Pricing(per_request=Decimal(1))])
def test_a_price_that_is_not_known_in_full_makes_the_cost_unknown(pricing: Pricing | None) -> None:
    assert predict_cost(facts(target(pricing=pricing)), 1, 1, None) == (None, Source.UNKNOWN)


SINGLE: dict[str, tuple[Pricing, int, int]] = {
    "input alone": (Pricing(input_per_mtok=Decimal(2)), 500, 0),
    "output alone": (Pricing(output_per_mtok=Decimal(2)), 0, 500),
    "requests alone": (Pricing(per_request=Decimal("0.25")), 0, 0),
    "nothing": (Pricing(), 0, 0),
}


@pytest.mark.parametrize(("pricing", "tokens_in", "tokens_out"), SINGLE.values(), ids=SINGLE)
def test_a_price_of_what_is_not_expected_need_not_be_known(pricing: Pricing, tokens_in: int, tokens_out: int) -> None:
    exact = booked(Usage(tokens_in, tokens_out), pricing)
    assert exact is not None
    found, source = predict_cost(facts(target(pricing=pricing)), tokens_in, tokens_out, None)
    assert found == pytest.approx(float(exact))
    assert source is Source.PRICES


def test_who_says_no_prices_at_all_is_not_free() -> None:
    assert predict_cost(facts(target(pricing=None)), 0, 0, None) == (None, Source.UNKNOWN)


def predicted(seen: Features, pricing: Pricing) -> tuple[float | None, float | None]:
    """Dollars and seconds."""
    made = target("acme/small", pricing=pricing)
    predictor = Predictor(seen, {made.name: facts(made)}, {}, None)
    return predictor.cost([made.name])[0][0], predictor.seconds([made.name])[0][0]


def test_each_of_several_answers_is_paid_for_and_they_come_at_once() -> None:
    one, seconds = predicted(Features("auto", 1000), priced("1", "4"))
    fifty, same = predicted(Features("auto", 1000, answers=50), priced("1", "4"))
    assert one == pytest.approx(0.001 + 250 * 4e-6)
    assert fifty == pytest.approx(0.001 + 50 * 250 * 4e-6)
    assert seconds == same


INPUT_ALONE = Pricing(input_per_mtok=Decimal(2))
WORDLESS = {
    Wire.EMBEDDINGS: 0.002,
    Wire.MODERATIONS: 0.0,
    Wire.COUNT_TOKENS: 0.0,
}


@pytest.mark.parametrize(("wire", "dollars"), WORDLESS.items())
def test_what_is_answered_in_numbers_has_no_price_of_output(wire: Wire, dollars: float) -> None:
    assert predicted(Features("auto", 1000, wire=wire), INPUT_ALONE)[0] == pytest.approx(dollars)


def test_embeddings_are_within_a_ceiling_where_only_input_has_a_price() -> None:
    seen, made = Features("auto", 1000, wire=Wire.EMBEDDINGS), target("acme/small", pricing=INPUT_ALONE)
    assert names(ranked(CostCeiling(max_cost=Decimal("0.01")), made, seen=seen)) == ["acme/small"]


def test_many_answers_do_not_slip_under_a_ceiling() -> None:
    made = target("acme/small", pricing=priced("1", "4"))
    found = [
        ranked(CostCeiling(max_cost=Decimal("0.01")), made, seen=Features("auto", 1000, answers=n)) for n in (1, 50)
    ]
    assert [names(each) for each in found] == [["acme/small"], []]
    assert [left.reason for left in found[1].left_out] == [Reason.COST_LIMIT]


def test_a_price_of_nothing_is_known() -> None:
    assert predict_cost(facts(target(pricing=priced("0", "0"))), 1, 1, None) == (0.0, Source.PRICES)


@given(task=st.sampled_from(TaskType), tokens=st.integers(0, 10**6), asked=st.none() | st.integers(1, 4000))
def test_an_answer_is_expected_to_be_no_longer_than_was_asked_for(
    task: TaskType, tokens: int, asked: int | None
) -> None:
    expected = expected_output(Features("auto", tokens, asked, tasks=((task, 1.0),)))
    assert 0 < expected <= (8010 if asked is None else asked)


def test_a_translation_is_as_long_as_its_text_and_a_class_is_a_word() -> None:
    lengths = {
        task: expected_output(Features("auto", 2000, tasks=((task, 0.9),)))
        for task in (TaskType.TRANSLATION, TaskType.SUMMARIZATION, TaskType.CLASSIFICATION)
    }
    assert lengths == {
        TaskType.TRANSLATION: pytest.approx(2010),
        TaskType.SUMMARIZATION: pytest.approx(380),
        TaskType.CLASSIFICATION: pytest.approx(15),
    }
    assert expected_output(Features("auto", 2000)) == UNSEEN


FEW, MANY = Measured(4, 3.0, 0.1, 4, 0.5), Measured(5, 3.0, 0.1, 5, 0.5)


@pytest.mark.row("E17")
def test_measurements_count_only_when_there_are_enough() -> None:
    for few in (None, FEW):
        assert predict_seconds(few, 100, streams=True) == (0.8, Source.PRIOR)
        assert predict_success(few) == (0.98, Source.PRIOR)
    assert predict_seconds(MANY, 100, streams=True) == (3.0, Source.MEASURED)
    assert predict_seconds(MANY, 100, streams=False) == (13.0, Source.MEASURED)
    assert predict_success(MANY) == (0.5, Source.MEASURED)
