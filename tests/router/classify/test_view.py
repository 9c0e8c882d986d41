"""Which text of a conversation is looked at."""

from typing import Any

import pytest

from optipath_router.classify.view import INSTRUCTION, LONGEST, SHORT, question
from support.requests import chat_request

LONG = "Explain in detail how a compiler turns a loop into machine code, step by step."


def said(role: str, content: Any) -> dict[str, Any]:
    return {"role": role, "content": content}


def asked(*messages: dict[str, Any]) -> str:
    return question(chat_request(messages=list(messages)).asked)


VIEWS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "the last message of the user's": ([said("user", "One"), said("assistant", "Two"), said("user", LONG)], LONG),
    "not what a tool said": ([said("user", LONG), said("tool", "42")], LONG),
    "text in parts": (
        [said("user", [{"type": "text", "text": LONG}, {"type": "text", "text": "Now."}])],
        f"{LONG}\nNow.",
    ),
    "a short one with the one before": (
        [said("user", LONG), said("assistant", "So."), said("user", "Why?")],
        f"{LONG}\n\nWhy?",
    ),
    "a short one with the app's instruction": (
        [said("system", "Translate into German."), said("user", "Good night")],
        "Translate into German.\n\nGood night",
    ),
    "a developer is the app, too": ([said("developer", "Translate."), said("user", "Hi")], "Translate.\n\nHi"),
    "a manual tells nothing": ([said("system", "x" * (INSTRUCTION + 1)), said("user", "Hi")], "Hi"),
    "a long one stands alone": ([said("system", "Be kind."), said("user", LONG)], LONG),
    "nobody but the app": ([said("system", "Tell a joke.")], "Tell a joke."),
    "a picture alone": ([said("user", [{"type": "image_url", "image_url": {}}])], ""),
    "an empty last message": ([said("user", LONG), said("user", "")], LONG),
    "nothing": ([], ""),
}


@pytest.mark.parametrize(("messages", "text"), VIEWS.values(), ids=VIEWS)
def test_what_is_looked_at(messages: list[dict[str, Any]], text: str) -> None:
    assert asked(*messages) == text


def test_what_helps_a_short_message_is_short_itself() -> None:
    before = [said("system", "s" * INSTRUCTION), said("user", "b" * 100_000)]
    assert len(asked(*before, said("user", "Why?"))) < 2 * SHORT + INSTRUCTION + 1_100


def test_a_long_text_is_bounded() -> None:
    assert len(asked(said("user", "x" * (LONGEST + 1)))) == LONGEST
