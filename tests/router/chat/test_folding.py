"""Streams folded into whole answers."""

import json

from msgspec import Raw

from optipath_router.chat.answer import Answer, Choice, ChoiceEnded, Failing, Finish, Opened, PartBegun, PartGrown, Told
from optipath_router.chat.conversation import Audio, Citation, Extra, Reasoning, Refusal, Text, ToolCall, Wire
from optipath_router.chat.folding import fold
from optipath_router.chat.usage import Usage


def test_parts_grow_each_by_its_number_and_choices_stand_in_order() -> None:
    answer = fold(
        [
            Opened("id", "m", 7, Usage(3, 0)),
            PartBegun(1, 0, Text("b")),
            PartBegun(0, 0, Reasoning("Hm")),
            PartBegun(0, 1, ToolCall("1", "f", '{"a"')),
            PartGrown(0, 0, "!", signature="s"),
            PartGrown(0, 1, ":1}", signature="t"),
            PartBegun(0, 2, Refusal("N")),
            PartBegun(0, 3, Audio(id="a")),
            PartGrown(0, 2, "o"),
            ChoiceEnded(1, Finish.LENGTH, "length"),
            ChoiceEnded(0, Finish.STOP, "stop_sequence", "x"),
            Told(Usage(3, 4)),
        ]
    )
    parts = (
        Reasoning("Hm!", signature="s"),
        ToolCall("1", "f", '{"a":1}', signature="t"),
        Refusal("No"),
        Audio(id="a"),
    )
    choices = (Choice(parts, Finish.STOP, "stop_sequence", "x"), Choice((Text("b"),), Finish.LENGTH, "length"))
    assert answer == Answer(choices, "id", "m", 7, Usage(3, 4))


def test_citations_and_log_probs_are_gathered() -> None:
    cited = Citation(url="https://a")
    tokens = [Raw(b'{"content":[{"token":"a"}],"refusal":null}'), Raw(b'{"content":[{"token":"b"}]}')]
    (choice,) = fold(
        [
            PartBegun(0, 0, Text("")),
            PartGrown(0, 0, "a", logprobs=tokens[0]),
            PartGrown(0, 0, "b", citation=cited, logprobs=tokens[1]),
            ChoiceEnded(0, Finish.STOP),
        ]
    ).choices
    assert choice.parts == (Text("ab", (cited,)),)
    assert choice.logprobs is not None
    assert json.loads(bytes(choice.logprobs))["content"] == [{"token": "a"}, {"token": "b"}]


def test_what_comes_in_the_end_is_kept() -> None:
    """What hides a thought, and what was told of a choice besides."""
    told = Extra(Wire.MESSAGES, {"container": Raw(b"{}")})
    (choice,) = fold(
        [
            PartBegun(0, 0, Reasoning("", hidden="begun")),
            PartGrown(0, 0, hidden="all of it"),
            ChoiceEnded(0, Finish.STOP, extra=told),
        ]
    ).choices
    assert choice == Choice((Reasoning("", hidden="all of it"),), Finish.STOP, extra=told)


def test_a_sound_grows_by_its_data_and_its_transcript() -> None:
    (choice,) = fold(
        [
            PartBegun(0, 0, Audio(id="a")),
            PartGrown(0, 0, data="UklG"),
            PartGrown(0, 0, "Hel"),
            PartGrown(0, 0, "lo", data="Rg=="),
            ChoiceEnded(0, Finish.STOP),
        ]
    ).choices
    assert choice.parts == (Audio(data="UklGRg==", id="a", transcript="Hello"),)


def test_what_has_not_ended_is_no_choice() -> None:
    assert fold([Opened(), PartBegun(0, 0, Text("a")), Failing(b"{}")]).choices == ()
