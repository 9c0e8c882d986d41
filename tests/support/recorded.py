"""What an answer must have for us to have read a recorded one rightly."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from optipath_router.chat.answer import Answer, Delta, Finish
from optipath_router.chat.conversation import Reasoning, Refusal, Text, ToolCall
from optipath_router.chat.usage import Usage
from optipath_router.providers.codec import AnswerReader
from support.wire import Exchange

Table = tuple[dict[Any, Finish], Callable[[Exchange], Usage | None]]
"""A dialect's words for an end, with ours for them; and its numbers of an exchange in our way of counting."""


def read(reader: AnswerReader, *pieces: bytes) -> list[Delta]:
    """The deltas of a stream, read to its end."""
    events = [event for piece in pieces for event in reader.feed(piece)]
    return [delta for event in (*events, *reader.close()) for delta in event.deltas]


def differences(exchange: Exchange, answer: Answer, table: Table) -> list[str]:
    """In what an answer differs from what any reader must come to."""
    expect, first = exchange["expect"], answer.choices[0]
    finishes, usage_of = table
    calls = [(part.name, json.loads(part.arguments)) for part in first.parts if isinstance(part, ToolCall)]
    finish = finishes[expect["finish"]]
    pairs = {
        "text": (_said(answer, Text), expect["text"]),
        "reasoning": (_said(answer, Reasoning), expect["reasoning"]),
        "refusal": (_said(answer, Refusal), expect["refusal"]),
        "calls": (calls, [(each["name"], _parsed(each["arguments"])) for each in expect["tool_calls"]]),
        "finish": (first.finish, Finish.TOOL_CALLS if calls and finish is Finish.STOP else finish),
        "model": (answer.model, expect["model"] or ""),
        "usage": (answer.usage, usage_of(exchange)),
    }
    return [f"{what}: {ours!r} for {theirs!r}" for what, (ours, theirs) in pairs.items() if ours != theirs]


def tally(counts: dict[str, Counter[bool]]) -> str:
    """How many agree, by provider, for whoever runs the tests."""
    lines = (f"{name}: {counts[name][True]} of {counts[name].total()} agree" for name in sorted(counts))
    return "; ".join(lines)


def _said(answer: Answer, kind: type[Text | Reasoning | Refusal]) -> str:
    return "".join(part.text for part in answer.choices[0].parts if isinstance(part, kind))


def _parsed(arguments: Any) -> Any:
    return json.loads(arguments) if isinstance(arguments, str) else arguments
