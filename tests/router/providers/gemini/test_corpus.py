"""Gemini against everything that was recorded of it."""

import json
from collections import Counter, defaultdict
from random import Random

import pytest

from optipath_router.chat.answer import Answer, Failing, Finish
from optipath_router.chat.conversation import Hosted, Text, ToolCall
from optipath_router.chat.folding import fold
from optipath_router.chat.usage import Usage
from optipath_router.errors import UpstreamBroken
from optipath_router.providers.dialect import ErrorTold
from optipath_router.providers.gemini.codec import GEMINI
from support import gemini
from support.pieces import cut
from support.recorded import Table, differences, read, tally
from support.wire import Exchange, exchanges

FINISHES = {"STOP": Finish.STOP, "MAX_TOKENS": Finish.LENGTH, 1: Finish.STOP, 2: Finish.LENGTH}

IN_PIECES = {
    "444199567585e042": [
        ("read_theme", {}),
        ("read_screen", {"id": "A"}),
        ("read_screen", {"id": "B"}),
        ("read_screen", {"id": "C"}),
    ],
    "d0afc7200cbb0ce6": [("getWeather", {"location": "Boston"}), ("getWeather", {"location": "San Francisco"})],
    "ac385f26ec6353d1": [
        (
            "writeItems",
            {
                "operations": [
                    {"action": "add", "description": "Fresh red apple", "itemid": "apple_001", "price": 0.5},
                    {"action": "add", "description": "Ripe yellow banana", "itemid": "banana_001", "price": 0.3},
                ]
            },
        )
    ],
}
"""Calls whose arguments were streamed; the recordings expect each piece as a call of its own, which it is not."""


def usage_of(exchange: Exchange) -> Usage | None:
    """Thoughts are output, and prompts of hosted tools input; those and sounds are not in `expect`."""
    expect = exchange["expect"]["usage"]
    if expect is None or expect["input"] is None:
        return None
    told = [piece["usageMetadata"] for piece in gemini.pieces(exchange) if "usageMetadata" in piece][-1]
    heard = [each["tokenCount"] for each in told.get("promptTokensDetails", ()) if each["modality"] == "AUDIO"]
    thought = expect["reasoning"] or 0
    return Usage(
        expect["input"] + told.get("toolUsePromptTokenCount", 0),
        (expect["output"] or 0) + thought,
        expect["cache_read"] or 0,
        thought,
        audio_input_tokens=sum(heard),
    )


TABLE: Table = (FINISHES, usage_of)


def read_all() -> list[tuple[Exchange, Answer]]:
    whole = [(each, GEMINI.read_answer(body)) for each, body in gemini.answers()]
    return whole + [(each, fold(read(GEMINI.reader(), body))) for each, body in gemini.streams()]


def calls(answer: Answer) -> list[tuple[str, object]]:
    parts = (part for part in answer.choices[0].parts if isinstance(part, ToolCall))
    return [(part.name, json.loads(part.arguments)) for part in parts]


def test_recorded_answers_say_what_any_reader_must_come_to(capsys: pytest.CaptureFixture[str]) -> None:
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    rest: dict[str, list[str]] = {}
    for exchange, answer in read_all():
        found = differences(exchange, answer, TABLE)
        if exchange["id"] in IN_PIECES:
            assert calls(answer) == IN_PIECES[exchange["id"]]
            found = [each for each in found if not each.startswith("calls")]
        counts[exchange["provider"]][not found] += 1
        if found:
            rest[exchange["id"]] = found
    with capsys.disabled():
        print(f"\nGemini's recorded answers: {tally(counts)}")  # noqa: T201  the count is what one runs it for
    assert not rest
    assert {name: count.total() for name, count in counts.items()} == {"gemini": 176, "vertex": 62}


def test_recorded_errors_are_errors_and_no_answers() -> None:
    errors = [each for each in exchanges("gemini.generate") if each["response"]["status"] != 200]
    for exchange in errors:
        body = json.dumps(exchange["response"]["body"]).encode()
        with pytest.raises(ErrorTold):
            GEMINI.read_answer(body)
        assert read(GEMINI.reader(), body) == [Failing(body)], exchange["id"]
        assert read(GEMINI.reader(), b"data: " + body + b"\n\n") == [Failing(body)], exchange["id"]
    assert len(errors) == 5


def test_recorded_streams_mean_the_same_wherever_they_are_cut() -> None:
    random = Random(6)
    for exchange, stream in gemini.streams():
        whole = read(GEMINI.reader(), stream)
        places = range(len(stream)) if len(stream) < 3000 else random.sample(range(len(stream)), 60)
        for place in places:
            assert read(GEMINI.reader(), *cut(stream, [place])) == whole, (exchange["id"], place)
        assert read(GEMINI.reader(), *cut(stream, random.sample(range(len(stream)), 40))) == whole, exchange["id"]


def test_recorded_streams_that_break_off_never_count_as_finished() -> None:
    broken = 0
    for exchange, stream in gemini.streams():
        reader = GEMINI.reader()
        events = list(reader.feed(stream))
        ends = [number for number, event in enumerate(events) if b'"finishReason"' in event.raw.replace(b" ", b"")]
        for kept in range(ends[0] if ends else 0):
            reader = GEMINI.reader()
            list(reader.feed(b"".join(event.raw for event in events[: kept + 1])))
            if kept + 1 <= ends[0]:
                assert not reader.finished, (exchange["id"], kept)
                broken += 1
    assert broken > 100


def test_a_recorded_stream_that_breaks_inside_its_last_event_is_broken() -> None:
    exchange, stream = next((each, body) for each, body in gemini.streams() if body.count(b"data:") > 1)
    reader = GEMINI.reader()
    list(reader.feed(stream.rstrip()[:-1]))
    with pytest.raises(UpstreamBroken):
        list(reader.close())
    assert not reader.finished, exchange["id"]


def test_tools_that_gemini_runs_are_never_shown_as_calls_to_answer() -> None:
    hosted = 0
    names = {"executableCode", "codeExecutionResult", "toolCall", "toolResponse"}
    for exchange, answer in read_all():
        told = [part for part in gemini.parts(exchange) if names & part.keys()]
        found = [json.loads(bytes(part.raw)) for part in answer.choices[0].parts if isinstance(part, Hosted)]
        assert found == told, exchange["id"]
        hosted += len(told)
    assert hosted == 22


def test_recorded_citations_stand_at_the_words_that_they_are_of() -> None:
    cited = 0
    for exchange, answer in read_all():
        told = [candidate for piece in gemini.pieces(exchange) for candidate in piece.get("candidates", ())]
        supports = [each for one in told for each in one.get("groundingMetadata", {}).get("groundingSupports", ())]
        words = {each["segment"]["text"] for each in supports}
        for part in answer.choices[0].parts:
            for each in part.citations if isinstance(part, Text) else ():
                assert isinstance(part, Text)
                assert part.text[each.start : each.end] in words, exchange["id"]
                cited += 1
    assert cited == 30


def test_recorded_requests_are_written_as_gemini_took_them() -> None:
    written = 0
    for exchange, model, body in gemini.requests():
        for streams in (False, True):
            ours = GEMINI.write_chat(gemini.chat_of(body), model, streams=streams)
            assert gemini.normal(json.loads(ours.body)) == body, exchange["id"]
        written += 1
    assert written == 217
