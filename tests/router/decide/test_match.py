"""Clauses: when each holds, what is told when it does not, and what follows from all, any and not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from optipath_router.chat.features import Features, Modality, Sensitivity, TaskType, Timeliness
from optipath_router.decide import Health, decide, make_plan
from optipath_router.decide.match import Verdict, clauses, together
from optipath_snapshot import AllOf, AnyOf, Condition, HeaderMatch, Match, NoneOf, Route
from optipath_snapshot import Difficulty as DifficultyPart
from optipath_snapshot import InputTokens as InputTokensPart
from optipath_snapshot import Languages as LanguagesPart
from optipath_snapshot import Modalities as ModalitiesPart
from optipath_snapshot import Sensitivity as SensitivityPart
from optipath_snapshot import TaskTypes as TaskTypesPart
from optipath_snapshot import Timeliness as TimelinessPart
from support.builders import route, snapshot


def verdict(match: Match, **seen: Any) -> Verdict:
    return together(clauses(match), Features(**{"model": "auto", "input_tokens": 10, **seen}))


def of(*conditions: Condition, **given: Any) -> Match:
    return Match(conditions=conditions, **given)


CODE = ((TaskType.CODE, 0.7), (TaskType.QA, 0.3))
SECRET, PII = Sensitivity.SECRET, Sensitivity.PII

# What is looked for, what is seen, whether it holds, and what is told if not.
CLAUSES: dict[str, tuple[Condition, dict[str, Any], bool | None, str]] = {
    "at the least": (InputTokensPart(min=10), {"input_tokens": 10}, True, ""),
    "below it": (InputTokensPart(min=10), {"input_tokens": 9}, False, "inputTokens: their number is not from 10"),
    "at the most": (InputTokensPart(max=10), {"input_tokens": 10}, True, ""),
    "above it": (InputTokensPart(max=10), {"input_tokens": 11}, False, "inputTokens: their number is not from 0 to 10"),
    "an image among text": (
        ModalitiesPart(words=("Image",)),
        {"modalities": frozenset({Modality.TEXT, Modality.IMAGE})},
        True,
        "",
    ),
    "text alone": (ModalitiesPart(words=("Audio", "Image")), {}, False, "modalities: there is none of Audio, Image"),
    "the language": (LanguagesPart(words=("de", "en")), {"language": "de"}, True, ""),
    "another language": (LanguagesPart(words=("de",)), {"language": "en"}, False, "languages: it is none of de"),
    "no language": (LanguagesPart(words=("de",)), {}, None, "languages: it is not known"),
    "the likeliest task": (TaskTypesPart(words=("Code",)), {"tasks": CODE}, True, ""),
    "a task that is less likely": (
        TaskTypesPart(words=("QA",)),
        {"tasks": CODE},
        False,
        "taskTypes: the likeliest is none of QA",
    ),
    "no task": (TaskTypesPart(words=("QA",)), {}, None, "taskTypes: none is known"),
    "as hard as the least": (DifficultyPart(min="0.5"), {"difficulty": 0.5}, True, ""),
    "easier": (DifficultyPart(min="0.5"), {"difficulty": 0.49}, False, "difficulty: it is not from 0.5 to 1"),
    "as hard as the most": (DifficultyPart(max="0.3"), {"difficulty": 0.3}, True, ""),
    "harder": (DifficultyPart(max="0.3"), {"difficulty": 0.31}, False, "difficulty: it is not from 0 to 0.3"),
    "of unknown difficulty": (DifficultyPart(max="0.3"), {}, None, "difficulty: it is not known"),
    "of today": (TimelinessPart(words=("Fresh",)), {"timeliness": frozenset({Timeliness.FRESH})}, True, ""),
    "in a hurry only": (
        TimelinessPart(words=("Fresh",)),
        {"timeliness": frozenset({Timeliness.URGENT})},
        False,
        "timeliness: the request is not Fresh",
    ),
    "of unknown time": (TimelinessPart(words=("Fresh",)), {}, None, "timeliness: it is not known"),
    "in a hurry, and nobody looked whether of today": (
        TimelinessPart(words=("Fresh",)),
        {"timeliness": frozenset({Timeliness.URGENT}), "freshness_known": False},
        None,
        "timeliness: it is not known",
    ),
    "in a hurry by its own word": (
        TimelinessPart(words=("Fresh", "Urgent")),
        {"timeliness": frozenset({Timeliness.URGENT}), "freshness_known": False},
        True,
        "",
    ),
    "personal": (SensitivityPart(words=("PII",)), {"sensitivity": frozenset({PII})}, True, ""),
    "harmless": (
        SensitivityPart(words=("PII", "Secret")),
        {"sensitivity": frozenset[Sensitivity]()},
        False,
        "sensitivity: there is no PII, Secret",
    ),
    "not looked at": (SensitivityPart(words=("PII",)), {}, None, "sensitivity: whether there is PII is not known"),
    "nothing in the text, but a picture": (
        SensitivityPart(words=("PII",)),
        {"sensitivity": frozenset[Sensitivity](), "looked_through": False},
        None,
        "sensitivity: whether there is PII is not known",
    ),
    "something in the text, and a picture": (
        SensitivityPart(words=("PII",)),
        {"sensitivity": frozenset({PII}), "looked_through": False},
        True,
        "",
    ),
}


@pytest.mark.row("A15", "D14", "D12")
@pytest.mark.parametrize(("condition", "seen", "holds", "why"), CLAUSES.values(), ids=CLAUSES)
def test_a_clause(condition: Condition, seen: dict[str, Any], holds: bool | None, why: str) -> None:  # noqa: FBT001  as the table has it
    found = verdict(of(condition), **seen)
    assert (found.holds, found.why) == (holds, why)


@pytest.mark.parametrize(("condition", "seen", "holds", "why"), CLAUSES.values(), ids=CLAUSES)
def test_not_turns_a_clause_round_and_what_is_not_known_stays_so(
    condition: Condition,
    seen: dict[str, Any],
    holds: bool | None,  # noqa: FBT001  as above
    why: str,
) -> None:
    found = verdict(of(NoneOf(matches=(of(condition),))), **seen)
    assert found.holds == (None if holds is None else not holds)
    assert bool(found.why) == (holds is not False)


MANY = 1500
"""More rules than any one cache of theirs would hold."""


def test_decisions_share_what_they_say_of_rules_however_many_there_are() -> None:
    german, hard = of(LanguagesPart(words=("de",))), of(DifficultyPart(min="0.9"))
    made = []
    for number in range(MANY):
        inner = (of(InputTokensPart(min=1000 + number)), german, of(AllOf(matches=(german, hard))))
        match = of(AnyOf(matches=inner), *(() if number % 2 else (NoneOf(matches=(german,)),)))
        made.append(route("acme/small", rule=f"rule-{number}").model_copy(update={"match": match}))
    plan = make_plan(snapshot(*made), "sha256:0", {})
    seen = [Features("auto", 10, language=language) for language in ("en", None)]
    first, again = ([decide(each, plan, Health(), 0).rules for each in seen] for _ in range(2))
    for one, other in zip(first, again, strict=True):
        assert len(one) == MANY
        assert all(left is right for left, right in zip(one, other, strict=True))
    assert first[0] != first[1]


def test_a_match_around_others_says_which_of_them_failed_and_how() -> None:
    auto, german = Match(models=("auto",)), of(LanguagesPart(words=("de",)))
    hard = of(DifficultyPart(min="0.5"))
    seen = {"language": "en", "difficulty": 0.7}
    assert verdict(of(AllOf(matches=(auto, german))), **seen).why == "all[1] languages: it is none of de"
    assert verdict(of(AnyOf(matches=(german, Match(models=("x",))))), **seen).why == (
        "any: [0] languages: it is none of de; [1] models: the one asked for is none of x"
    )
    assert verdict(of(NoneOf(matches=(german, hard))), **seen).why == "not[1] holds: difficulty: it is from 0.5 to 1"
    both = of(DifficultyPart(min="0.5"), models=("auto",))
    assert verdict(of(NoneOf(matches=(both,))), **seen).why == (
        "not[0] holds: models: the one asked for is one of auto and difficulty: it is from 0.5 to 1"
    )


def test_what_surely_fails_is_told_before_what_is_not_known() -> None:
    match = of(LanguagesPart(words=("de",)), DifficultyPart(min="0.5"))
    assert verdict(match, difficulty=0.1) == Verdict(holds=False, why="difficulty: it is not from 0.5 to 1")
    assert verdict(match, difficulty=0.9) == Verdict(holds=None, why="languages: it is not known")


def test_what_is_told_stays_short_whatever_a_policy_holds() -> None:
    many = tuple(Match(models=tuple(f"{'x' * 150}-{number}" for number in range(30))) for _ in range(8))
    for around in (AllOf, AnyOf):
        assert len(verdict(of(around(matches=many))).why) <= 600


# --- laws ---

LEAVES = st.sampled_from(
    [
        Match(models=("auto",)),
        Match(models=("small",)),
        Match(headers=(HeaderMatch(name="x-team", value="search"),)),
        of(InputTokensPart(min=5, max=20)),
        of(LanguagesPart(words=("de",))),
        of(DifficultyPart(min="0.5")),
        of(TaskTypesPart(words=("Code",))),
        of(SensitivityPart(words=("PII",))),
    ]
)
MATCHES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda around, inside: of(around(matches=tuple(inside))),
        st.sampled_from((AllOf, AnyOf, NoneOf)),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)
SEEN = st.builds(
    Features,
    model=st.sampled_from(("auto", "small", "x")),
    input_tokens=st.integers(0, 30),
    headers=st.none() | st.just({"x-team": "search"}),
    language=st.none() | st.sampled_from(("de", "en")),
    difficulty=st.none() | st.sampled_from((0.2, 0.5, 0.9)),
    tasks=st.none() | st.just(CODE),
    sensitivity=st.none() | st.frozensets(st.sampled_from(Sensitivity)),
    looked_through=st.booleans(),
)


def holds(match: Match, seen: Features) -> bool | None:
    return together(clauses(match), seen).holds


def opposite(found: bool | None) -> bool | None:  # noqa: FBT001  one of three answers
    return None if found is None else not found


def no(match: Match) -> Match:
    return of(NoneOf(matches=(match,)))


@given(match=MATCHES, seen=SEEN)
def test_twice_not_is_nothing(match: Match, seen: Features) -> None:
    assert holds(no(match), seen) == opposite(holds(match, seen))
    assert holds(no(no(match)), seen) == holds(match, seen)


@given(one=MATCHES, other=MATCHES, seen=SEEN)
def test_de_morgan(one: Match, other: Match, seen: Features) -> None:
    assert holds(of(NoneOf(matches=(one, other))), seen) == holds(of(AllOf(matches=(no(one), no(other)))), seen)
    assert holds(no(of(AllOf(matches=(one, other)))), seen) == holds(of(AnyOf(matches=(no(one), no(other)))), seen)


@given(inside=st.lists(MATCHES, min_size=1, max_size=4), seen=SEEN, data=st.data())
def test_order_and_repetition_inside_all_any_and_not_change_nothing(
    inside: list[Match], seen: Features, data: st.DataObject
) -> None:
    turned = data.draw(st.permutations([*inside, inside[0]]))
    for around in (AllOf, AnyOf, NoneOf):
        assert holds(of(around(matches=tuple(inside))), seen) == holds(of(around(matches=tuple(turned))), seen)


@given(inside=st.lists(MATCHES, min_size=1, max_size=4), seen=SEEN)
def test_all_is_the_least_and_any_the_most_of_what_is_inside(inside: list[Match], seen: Features) -> None:
    rank = {False: 0, None: 1, True: 2}
    found = [rank[holds(each, seen)] for each in inside]
    assert rank[holds(of(AllOf(matches=tuple(inside))), seen)] == min(found)
    assert rank[holds(of(AnyOf(matches=tuple(inside))), seen)] == max(found)


@given(match=MATCHES, seen=SEEN)
def test_more_knowledge_never_turns_an_answer_round(match: Match, seen: Features) -> None:
    # What a request's decision rests on must not hang on a feature that happened not to be computed.
    blind = Features(model=seen.model, input_tokens=seen.input_tokens, headers=seen.headers)
    assert holds(match, blind) in (None, holds(match, seen))


@given(match=MATCHES, seen=SEEN)
def test_whatever_does_not_hold_says_why_and_what_holds_says_nothing(match: Match, seen: Features) -> None:
    found = together(clauses(match), seen)
    assert bool(found.why) == (found.holds is not True)


@pytest.mark.row("A18")
@given(match=MATCHES, others=st.lists(LEAVES, max_size=2), seen=SEEN)
def test_a_rule_s_trace_names_a_clause_that_fails_when_it_stands_alone(
    match: Match, others: list[Match], seen: Features
) -> None:
    whole = of(AllOf(matches=(match, *others)), LanguagesPart(words=("de",)))
    trace = decide(seen, make_plan(snapshot(Route(**dict(route("acme/a")) | {"match": whole})), "", {}), Health(), 0)
    told = trace.rules[0].failed
    if holds(whole, seen) is True:
        assert told == ""
    elif told.startswith("all["):
        place = int(told[4 : told.index("]")])
        failed = (match, *others)[place]
        assert holds(failed, seen) is not True
        assert told.endswith(together(clauses(failed), seen).why)
    else:
        assert told.startswith("languages:")
        assert seen.language != "de"


# --- which features a request's decision looks at ---


def plan_of(*matches: Match) -> Any:
    routes = [
        Route(**dict(route("acme/a", rule=f"rule-{number}")) | {"match": match}) for number, match in enumerate(matches)
    ]
    return make_plan(snapshot(*routes), "sha256:0", {})


ASKED = Features("assistant", 10)
GERMAN, HARD = of(LanguagesPart(words=("de",))), of(DifficultyPart(min="0.5"))
WANTED: dict[str, tuple[tuple[Match, ...], set[str]]] = {
    "models and headers": ((Match(models=("assistant",)), Match()), set()),
    "a language": ((GERMAN,), {"language"}),
    "several rules": ((GERMAN, HARD), {"language", "difficulty"}),
    "a rule for another model": ((of(*GERMAN.conditions, models=("x",)), HARD), {"difficulty"}),
    "behind a rule that matches anyway": ((HARD, Match(models=("assistant",)), GERMAN), {"difficulty"}),
    "inside others": ((of(AnyOf(matches=(GERMAN, no(HARD)))),), {"language", "difficulty"}),
}


@pytest.mark.parametrize(("matches", "wanted"), WANTED.values(), ids=WANTED)
def test_a_request_wants_the_features_of_the_rules_that_it_may_fall_under(
    matches: tuple[Match, ...], wanted: set[str]
) -> None:
    assert plan_of(*matches).wanted(ASKED) == wanted


@given(matches=st.lists(MATCHES, min_size=1, max_size=4), seen=SEEN)
def test_what_is_not_wanted_changes_no_decision(matches: list[Match], seen: Features) -> None:
    plan = plan_of(*matches)
    plain = Features(model=seen.model, input_tokens=seen.input_tokens, headers=seen.headers)
    wanted = plan.wanted(plain)
    looked_through = {"looked_through"} if "sensitivity" in wanted else set()
    less = replace(plain, **{name: getattr(seen, name) for name in wanted | looked_through})
    assert decide(less, plan, Health(), 0).rule == decide(seen, plan, Health(), 0).rule
