"""Answers that every dialect can say, and what is compared of them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from optipath_router.chat.answer import Answer, Choice, ChoiceEnded, Delta, Finish, Opened, PartBegun, PartGrown, Told
from optipath_router.chat.conversation import Part, Reasoning, Text, ToolCall
from optipath_router.chat.usage import Usage

MODEL: Final = "m-1"
USAGE: Final = Usage(12, 5)
PARIS: Final = ToolCall("call_1", "weather", '{"city": "Paris"}')
ROME: Final = ToolCall("call_2", "weather", '{"city": "Rome"}')


def _answer(*parts: Part, finish: Finish = Finish.STOP) -> Answer:
    return Answer((Choice(parts, finish),), "a-1", MODEL, 1_750_000_000, USAGE)


ANSWERS: Final[Mapping[str, Answer]] = {
    "text": _answer(Text("Grüße 👋 \n\ndata: [DONE]\n")),
    "call": _answer(PARIS, finish=Finish.TOOL_CALLS),
    "parallel calls": _answer(Text("Both."), PARIS, ROME, finish=Finish.TOOL_CALLS),
    "thought": _answer(Reasoning("Hm."), Text("So.")),
    "cut short": _answer(Text("So it"), finish=Finish.LENGTH),
}


def said(answer: Answer) -> dict[str, Any]:
    """What must be the same in every dialect, of the first choice: ids and words for the finish are each one's own."""
    (choice,) = answer.choices
    return {
        "text": _of(choice, Text),
        "reasoning": _of(choice, Reasoning),
        "calls": [(part.name, json.loads(part.arguments)) for part in choice.parts if isinstance(part, ToolCall)],
        "finish": choice.finish,
        "model": answer.model,
        "usage": answer.usage,
    }


def deltas(answer: Answer, step: int = 3) -> Iterator[Delta]:
    """An answer as a stream tells it, so many characters at a time."""
    yield Opened(answer.id, answer.model, answer.created, replace(USAGE, output_tokens=0))
    (choice,) = answer.choices
    for number, part in enumerate(choice.parts):
        match part:
            case Text(text=text) | Reasoning(text=text):
                yield PartBegun(0, number, replace(part, text=""))
            case ToolCall(arguments=text):
                yield PartBegun(0, number, replace(part, arguments=""))
            case _:
                raise AssertionError(part)
        for at in range(0, len(text), step):
            yield PartGrown(0, number, text[at : at + step])
    yield ChoiceEnded(0, choice.finish, choice.told)
    if answer.usage is not None:
        yield Told(answer.usage)


def _of(choice: Choice, kind: type[Text | Reasoning]) -> str:
    return "".join(part.text for part in choice.parts if isinstance(part, kind))
