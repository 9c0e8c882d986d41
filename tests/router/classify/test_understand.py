"""What is understood of a request: only what is wanted, and where each feature was seen."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.chat.features import Features, Sensitivity, TaskType, Timeliness
from optipath_router.chat.request import ChatRequest
from optipath_router.classify import NO_SENSES, Senses, features, understand
from optipath_router.classify.effort import LOOKED_THROUGH
from optipath_router.classify.understand import conversation
from support.requests import chat_request

EVERYTHING = frozenset(
    {"tasks", "domain", "difficulty", "known_quality", "language", "timeliness", "sensitivity", "conversation", "at"}
)
MODELS = ("gpt-5", "nobody-knows-it")
PERSONAL = frozenset({Sensitivity.PII})
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}


class Foreseen(msgspec.Struct, frozen=True):
    qualities: Mapping[str, float]

    def known(self, names: Iterable[str]) -> Mapping[str, float]:
        return {name: self.qualities[name] for name in names if name in self.qualities}


class Predicted(msgspec.Struct, frozen=True):
    tasks: tuple[tuple[str, float], ...] = (("Code", 0.8), ("QA", 0.2))
    domain: str = "computer science"
    difficulty: float = 0.4
    language: str = "en"
    cues: tuple[str, ...] = ("code", "braces")
    difficulty_cues: tuple[str, ...] = ("+ length",)
    outlook: Foreseen = Foreseen({"gpt-5": 0.8, "o3": 0.9})


class Seen(msgspec.Struct, frozen=True):
    kind: str
    what: str


class Plain:
    """Senses that go by single words, and remember what they were asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def senses(self, **other: Any) -> Senses:
        return Senses(
            **{
                "model": self._model,
                "language": self._language,
                "timeliness": self._timeliness,
                "sensitivity": self._sensitivity,
                **other,
            }
        )

    def _model(self, text: str) -> Predicted:
        self.asked.append(("model", text))
        return Predicted()

    def _language(self, text: str) -> str | None:
        self.asked.append(("language", text))
        return "de" if "und" in text else "en"

    def _timeliness(self, text: str, language: str) -> Iterable[Seen]:
        self.asked.append(("timeliness", language))
        return [Seen("Fresh", "weather")] if "weather" in text else []

    def _sensitivity(self, text: str) -> Iterable[Seen]:
        self.asked.append(("sensitivity", text))
        words = {"@": Seen("PII", "email"), "sk-": Seen("Secret", "openai_key")}
        return [found for word, found in words.items() if word in text]


def understood(request: ChatRequest, *wanted: str, senses: Senses | None = None, hinted: bool = False) -> Features:
    given = Plain().senses() if senses is None else senses
    return understand(
        features(request), request, frozenset(wanted), given, models=MODELS, at=lambda: 1000.5, hinted=hinted
    )


def ask(text: str, **headers: str) -> ChatRequest:
    named = {f"x-optipath-hint-{name}": value for name, value in headers.items()}
    return chat_request(text=text, headers=named)


def with_messages(*messages: Any) -> ChatRequest:
    return chat_request(messages=list(messages))


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


@pytest.mark.parametrize("wanted", sorted(EVERYTHING))
def test_what_is_wanted_is_there_and_the_rest_is_not(wanted: str) -> None:
    seen = understood(ask("the weather, to me@example.com"), wanted)
    assert {name for name in EVERYTHING if getattr(seen, name) is not None} == {wanted}
    assert set(seen.seen or {}) <= {wanted}


@pytest.mark.row("A06", "A07", "A08", "D10", "D11")
def test_all_features_and_what_each_was_seen_from() -> None:
    seen = understood(ask("the weather, to me@example.com"), *EVERYTHING)
    assert seen.tasks == ((TaskType.CODE, 0.8), (TaskType.QA, 0.2))
    assert (seen.task, seen.domain, seen.difficulty) == (TaskType.CODE, "computer science", 0.4)
    assert (seen.language, seen.known_quality, seen.at) == ("en", {"gpt-5": 0.8}, 1000.5)
    assert (seen.timeliness, seen.sensitivity) == (frozenset({Timeliness.FRESH}), PERSONAL)
    assert seen.seen == {
        "tasks": "routing model: code, braces",
        "domain": "routing model",
        "difficulty": "routing model: + length",
        "known_quality": "routing model",
        "language": "script and words",
        "timeliness": "weather",
        "sensitivity": "email",
    }


def test_no_sense_is_asked_twice_or_for_nothing() -> None:
    plain = Plain()
    understood(ask("Hello"), *EVERYTHING, senses=plain.senses())
    assert sorted(name for name, _ in plain.asked) == ["model", "sensitivity", "timeliness"]
    plain.asked.clear()
    understood(ask("Hello"), "language", "at", senses=plain.senses())
    assert [name for name, _ in plain.asked] == ["language"]


def test_without_senses_a_request_is_served_nevertheless() -> None:
    seen = understood(ask("Hello"), *EVERYTHING, senses=NO_SENSES)
    assert {name for name in EVERYTHING if getattr(seen, name) is not None} == {"conversation", "at"}


def test_a_sense_that_fails_leaves_its_features_unknown_and_is_noted_without_its_words() -> None:
    def failing(text: str, *_: str) -> Any:
        raise ValueError(text)

    senses = Plain().senses(model=failing, timeliness=failing, sensitivity=failing)
    seen = understood(ask("my secret"), *EVERYTHING, senses=senses)
    assert (seen.tasks, seen.difficulty, seen.timeliness, seen.sensitivity) == (None, None, None, None)
    assert seen.seen is not None
    assert seen.seen["sensitivity"] == seen.seen["tasks"] == "unknown: the sense failed with ValueError"
    assert "my secret" not in json.dumps(dict(seen.seen))


def test_a_language_that_cannot_be_told_is_unknown_and_timeliness_goes_on_without_it() -> None:
    def failing(_: str) -> str:
        raise IndexError

    seen = understood(ask("the weather"), "language", "timeliness", senses=Plain().senses(language=failing))
    assert (seen.language, seen.timeliness) == (None, frozenset({Timeliness.FRESH}))
    assert (seen.seen or {})["language"] == "unknown: the sense failed with IndexError"


@pytest.mark.parametrize(("hint", "timeliness"), [("low", frozenset({Timeliness.URGENT})), ("any", None)])
def test_a_hint_of_latency_where_nobody_else_looks(hint: str, timeliness: Any) -> None:
    seen = understood(ask("Hello", latency=hint), "timeliness", senses=NO_SENSES, hinted=True)
    assert seen.timeliness == timeliness
    assert seen.freshness_known == (timeliness is None)


def test_a_word_that_no_policy_can_name_counts_as_a_failure() -> None:
    senses = Plain().senses(sensitivity=lambda _: [Seen("Gossip", "who with whom")])
    assert understood(ask("Hello"), "sensitivity", senses=senses).sensitivity is None


# --- where it looks ---


def test_everything_that_is_said_is_looked_through_for_what_is_sensitive() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "mail", "arguments": '{"to": "me@example.com"}'}}
    for messages in (
        [{"role": "system", "content": "Write to me@example.com"}, user("Hello")],
        [user("It is me@example.com"), {"role": "assistant", "content": "Noted."}, user("Thanks")],
        [user([{"type": "text", "text": "Hello"}, {"type": "text", "text": "me@example.com"}])],
        [user("Send it"), {"role": "assistant", "content": None, "tool_calls": [call]}],
        [user("Send it"), {"role": "tool", "content": "sent to me@example.com", "tool_call_id": "1"}],
    ):
        assert understood(with_messages(*messages), "sensitivity").sensitivity == PERSONAL, messages


def test_a_picture_cannot_be_looked_through() -> None:
    seen = understood(with_messages(user([{"type": "text", "text": "Who is it?"}, IMAGE])), "sensitivity")
    assert (seen.sensitivity, seen.looked_through) == (frozenset(), False)
    assert seen.seen == {"sensitivity": "nothing found; not looked through: Image"}


def test_neither_can_a_part_of_a_kind_to_come() -> None:
    seen = understood(with_messages(user([{"type": "text", "text": ""}, {"type": "hologram"}])), "sensitivity")
    assert (seen.sensitivity, seen.looked_through) == (frozenset(), False)
    assert seen.seen == {"sensitivity": "nothing found; not looked through: a part of another kind"}
    text = understood(with_messages(user([{"type": "text", "text": "Hello"}])), "sensitivity")
    assert text.looked_through


def test_of_too_much_text_the_end_is_not_looked_through_and_that_is_said() -> None:
    whole = understood(ask("x" * LOOKED_THROUGH), "sensitivity")
    assert (whole.sensitivity, whole.looked_through) == (frozenset(), True)
    cut = understood(ask("x" * LOOKED_THROUGH + "me@example.com"), "sensitivity")
    assert (cut.sensitivity, cut.looked_through) == (frozenset(), False)
    prose = understood(ask("x" * LOOKED_THROUGH + "and more"), "sensitivity")
    assert prose.seen == {"sensitivity": f"nothing found; not looked through: all beyond {LOOKED_THROUGH} characters"}


@pytest.mark.parametrize("first", ["x" * LOOKED_THROUGH, "x" * (LOOKED_THROUGH - 1), "1 " * 250_000])
def test_a_text_that_fills_what_is_searched_lets_nothing_of_the_next_in(first: str) -> None:
    plain = Plain()
    seen = understood(with_messages(user(first), user("y" * 3_000_000)), "sensitivity", senses=plain.senses())
    (_, searched) = plain.asked[-1]
    assert (seen.looked_through, len(searched) <= LOOKED_THROUGH + 1, "y" in searched) == (False, True, False)


def test_a_request_that_says_nothing_has_nothing_sensitive_and_no_task() -> None:
    seen = understood(with_messages(user("")), *EVERYTHING)
    assert (seen.sensitivity, seen.tasks, seen.language) == (frozenset(), None, None)


@given(text=st.text(max_size=40))
def test_no_text_is_too_strange_and_none_is_shown(text: str) -> None:
    request = with_messages(user(text)) if "\ud800" not in text else ask("x")
    seen = understood(request, *EVERYTHING)
    if len(text) > 12:
        assert text not in json.dumps(dict(seen.seen or {}), ensure_ascii=False)


# --- conversations ---


def test_a_conversation_keeps_its_key_through_its_turns() -> None:
    first = [{"role": "system", "content": "Be brief."}, user("What is a monad?")]
    later = [*first, {"role": "assistant", "content": "A monoid."}, user("And a monoid?")]
    keys = {conversation(with_messages(*messages).asked) for messages in (first, later)}
    assert len(keys) == 1
    assert len(keys.pop()) == 16
    other = conversation(with_messages(first[0], user("What is a functor?")).asked)
    assert conversation(with_messages(*first).asked) != other


def test_a_key_does_not_hang_on_how_text_is_cut_into_messages() -> None:
    one = with_messages({"role": "system", "content": "ab"}, user("c"))
    other = with_messages({"role": "system", "content": "a"}, user("bc"))
    assert conversation(one.asked) != conversation(other.asked)


TEMPLATE = "Answer from these pages alone. " * 500
LONG_ONES = {
    "what is asked behind a long template": (TEMPLATE + "What is a monad?", TEMPLATE + "What is a functor?"),
    "what stands before it": ("What is a monad?" + TEMPLATE, "What is a functor?" + TEMPLATE),
    "how much stands between": (TEMPLATE + "a" * 9_000 + TEMPLATE, TEMPLATE + "a" * 9_001 + TEMPLATE),
}


@pytest.mark.parametrize("role", ["user", "system"])
@pytest.mark.parametrize(("one", "other"), LONG_ONES.values(), ids=LONG_ONES)
def test_long_conversations_are_told_apart_by(one: str, other: str, role: str) -> None:
    keys = {
        conversation(with_messages({"role": role, "content": text}, user("Go on.")).asked) for text in (one, other, one)
    }
    assert len(keys) == 2


# --- hints ---

TASK = ((TaskType.TRANSLATION, 1.0),)
HINTED: dict[str, tuple[dict[str, str], str, Any, str]] = {
    "a task": ({"task": "Translation"}, "tasks", TASK, "x-optipath-hint-task"),
    "in any case": ({"task": "translation"}, "tasks", TASK, "x-optipath-hint-task"),
    "a difficulty": ({"difficulty": "0.9"}, "difficulty", 0.9, "x-optipath-hint-difficulty"),
    "a language": ({"language": "FR"}, "language", "fr", "x-optipath-hint-language"),
    "a language of a country": ({"language": "pt-BR"}, "language", "pt", "x-optipath-hint-language"),
    "how it stands to the present": (
        {"timeliness": "fresh, urgent"},
        "timeliness",
        {Timeliness.FRESH, Timeliness.URGENT},
        "x-optipath-hint-timeliness",
    ),
    "that it has time": ({"timeliness": "none"}, "timeliness", frozenset(), "x-optipath-hint-timeliness"),
    "a hurry": (
        {"latency": "low"},
        "timeliness",
        {Timeliness.FRESH, Timeliness.URGENT},
        "weather; x-optipath-hint-latency",
    ),
    "no hurry": ({"latency": "any"}, "timeliness", {Timeliness.FRESH}, "weather; x-optipath-hint-latency"),
    "a hurry beside what it says of itself": (
        {"timeliness": "fresh", "latency": "low"},
        "timeliness",
        {Timeliness.FRESH, Timeliness.URGENT},
        "x-optipath-hint-timeliness; x-optipath-hint-latency",
    ),
}


@pytest.mark.row("A08", "E12")
@pytest.mark.parametrize(("headers", "feature", "value", "source"), HINTED.values(), ids=HINTED)
def test_a_hint_takes_the_place_of_what_is_seen(headers: dict[str, str], feature: str, value: Any, source: str) -> None:
    seen = understood(ask("How is the weather?", **headers), feature, hinted=True)
    assert getattr(seen, feature) == value
    assert (seen.seen or {})[feature] == source


NO_HINTS: dict[str, tuple[dict[str, str], str, str]] = {
    "a task that is none": ({"task": "coding"}, "tasks", "a task type such as Code"),
    "too difficult": ({"difficulty": "1.1"}, "difficulty", "a number from 0 to 1"),
    "no number": ({"difficulty": "hard"}, "difficulty", "a number from 0 to 1"),
    "not a number": ({"difficulty": "nan"}, "difficulty", "a number from 0 to 1"),
    "a language's name": ({"language": "german"}, "language", "a language such as en"),
    "a word too many": ({"timeliness": "fresh, soon"}, "timeliness", "Fresh, Urgent, both with a comma, or none"),
    "a number of seconds": ({"latency": "2s"}, "timeliness", "low or any"),
}


@pytest.mark.parametrize(("headers", "feature", "wanted"), NO_HINTS.values(), ids=NO_HINTS)
def test_a_hint_that_cannot_be_understood_counts_for_nothing_and_is_noted(
    headers: dict[str, str], feature: str, wanted: str
) -> None:
    plain = understood(ask("How is the weather?"), feature)
    seen = understood(ask("How is the weather?", **headers), feature, hinted=True)
    assert getattr(seen, feature) == getattr(plain, feature)
    noted = (seen.seen or {})[feature]
    assert f"x-optipath-hint-{next(iter(headers))} ignored: it is not {wanted}" in noted
    assert next(iter(headers.values())) not in noted


def test_hints_that_no_policy_allows_count_for_nothing_and_are_noted() -> None:
    seen = understood(ask("Hello", task="Translation"), "tasks")
    assert seen.task is TaskType.CODE
    assert (seen.seen or {})["hints"] == "ignored: no policy allows them"


def test_a_hint_of_the_language_tells_timeliness_how_to_read() -> None:
    plain = Plain()
    understood(ask("the weather", language="fr"), "timeliness", senses=plain.senses(), hinted=True)
    assert plain.asked == [("timeliness", "fr")]


def test_no_hint_moves_a_data_boundary() -> None:
    seen = understood(ask("me@example.com", sensitivity="none"), "sensitivity", hinted=True)
    assert seen.sensitivity == PERSONAL


def test_what_is_hinted_need_not_be_understood() -> None:
    plain = Plain()
    understood(ask("Hello", task="Code"), "tasks", senses=plain.senses(), hinted=True)
    assert plain.asked == []
