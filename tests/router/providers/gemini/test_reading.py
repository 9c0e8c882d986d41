"""What Gemini's answers mean, where no recording shows it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.chat.answer import ChoiceEnded, Delta, Failing, Finish, Opened, PartBegun, PartGrown, Told
from optipath_router.chat.conversation import Audio, Image, Reasoning, Text, ToolCall, Wire
from optipath_router.chat.folding import fold
from optipath_router.chat.usage import Usage
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.failure import failure_inside
from optipath_router.providers.gemini.codec import GEMINI
from optipath_router.providers.gemini.read_count import read_count
from support.pieces import cut, until_broken
from support.recorded import read


def candidate(*parts: dict[str, Any], finish: Any = None, index: int = 0, **given: Any) -> dict[str, Any]:
    told = {"content": {"role": "model", "parts": list(parts)}, "index": index, **given}
    return told if finish is None else {**told, "finishReason": finish}


def chunk(*candidates: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {"candidates": list(candidates), "modelVersion": "gemini-3-flash", "responseId": "r1", **given}


def event(*candidates: dict[str, Any], **given: Any) -> bytes:
    return b"data: " + json.dumps(chunk(*candidates, **given)).encode() + b"\r\n\r\n"


def deltas(*events: bytes) -> list[Delta]:
    """All but how it opens."""
    return [delta for delta in read(GEMINI.reader(), *events) if not isinstance(delta, Opened)]


def finished(*events: bytes) -> bool:
    reader = GEMINI.reader()
    for each in events:
        list(reader.feed(each))
    list(reader.close())
    return reader.finished


def whole(*candidates: dict[str, Any], **given: Any) -> bytes:
    return json.dumps(chunk(*candidates, **given), indent=2).encode()


FINISHES = {
    "STOP": Finish.STOP,
    "MAX_TOKENS": Finish.LENGTH,
    "SAFETY": Finish.FILTERED,
    "RECITATION": Finish.FILTERED,
    "BLOCKLIST": Finish.FILTERED,
    "PROHIBITED_CONTENT": Finish.FILTERED,
    "SPII": Finish.FILTERED,
    "IMAGE_SAFETY": Finish.FILTERED,
    "LANGUAGE": Finish.OTHER,
    "MALFORMED_FUNCTION_CALL": Finish.OTHER,
    "SOMETHING_NEW": Finish.OTHER,
}


@pytest.mark.case("U08")
@pytest.mark.parametrize(("told", "finish"), FINISHES.items(), ids=FINISHES)
def test_an_end_is_told_in_our_word_and_in_theirs(told: str, finish: Finish) -> None:
    assert deltas(event(candidate({"text": "Hi"}, finish=told)))[-1] == ChoiceEnded(0, finish, told)
    assert GEMINI.read_answer(whole(candidate(finish=told))).choices[0].finish is finish


@pytest.mark.case("U08")
def test_a_blocked_prompt_is_an_answer_that_was_filtered() -> None:
    told = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 9}}
    body = json.dumps(told).encode()
    answer = GEMINI.read_answer(body)
    assert [(each.parts, each.finish, each.told) for each in answer.choices] == [
        ((), Finish.FILTERED, "PROHIBITED_CONTENT")
    ]
    assert answer.usage == Usage(9, 0)
    stream = b"data: " + body + b"\n\n"
    assert finished(stream)
    assert fold(read(GEMINI.reader(), stream)) == answer


def test_thoughts_texts_and_calls_are_parts_in_the_order_in_which_they_begin() -> None:
    told = deltas(
        event(candidate({"text": "Hm", "thought": True})),
        event(candidate({"text": ", so", "thought": True}, {"text": "It "})),
        event(candidate({"text": "is"})),
        event(candidate({"functionCall": {"id": "c1", "name": "f", "args": {"x": 1.50}}, "thoughtSignature": "s"})),
        event(candidate({"text": ""}, finish="STOP")),
    )
    assert told == [
        PartBegun(0, 0, Reasoning("Hm", summary=True, wire=Wire.GEMINI)),
        PartGrown(0, 0, ", so"),
        PartBegun(0, 1, Text("It ")),
        PartGrown(0, 1, "is"),
        PartBegun(0, 2, ToolCall("c1", "f", '{"x":1.5}', signature="s")),
        ChoiceEnded(0, Finish.TOOL_CALLS, "STOP"),
    ]


def test_arguments_are_kept_to_the_letter_but_for_white_space() -> None:
    args = b'{\n "b" : 1.00,\n "a": "\\u00e9  " }'
    call_told = b'{"functionCall":{"name":"f","args":' + args + b"}}"
    body = b'{"candidates":[{"content":{"parts":[' + call_told + b']},"finishReason":"STOP"}]}'
    (call,) = GEMINI.read_answer(body).choices[0].parts
    assert isinstance(call, ToolCall)
    assert call.arguments == '{"b":1.00,"a":"\\u00e9  "}'


@pytest.mark.parametrize("args", [{}, {"args": None}], ids=["absent", "null"])
def test_a_call_without_arguments_has_an_empty_object(args: dict[str, Any]) -> None:
    (call,) = (
        GEMINI.read_answer(whole(candidate({"functionCall": {"name": "f", **args}}, finish="STOP"))).choices[0].parts
    )
    assert isinstance(call, ToolCall)
    assert call.arguments == "{}"


def test_calls_without_an_id_get_one_that_is_the_same_for_the_same_call_and_no_other() -> None:
    call = {"functionCall": {"name": "f", "args": {}}}

    def ids(answer: str, *events: bytes) -> list[str]:
        parts = fold(read(GEMINI.reader(), *events)).choices[0].parts
        return [part.id for part in parts if isinstance(part, ToolCall)]

    once = ids("r1", event(candidate(call, call, finish="STOP")))
    assert ids("r1", event(candidate(call)), event(candidate(call)), event(candidate(finish="STOP"))) == once
    other = ids("r2", event(candidate(call, call, finish="STOP"), responseId="r2"))
    assert len({*once, *other}) == 4
    # OpenAI takes no longer ones, Anthropic no other characters.
    assert all(len(each) <= 40 and each.replace("_", "").isalnum() for each in once)


def test_the_signature_of_a_text_is_a_thought_of_which_nothing_is_shown() -> None:
    signed = Reasoning(signature="s", summary=True, wire=Wire.GEMINI)
    together = GEMINI.read_answer(whole(candidate({"text": "Hi", "thoughtSignature": "s"}, finish="STOP")))
    assert together.choices[0].parts == (Text("Hi"), signed)
    pieces = (event(candidate({"text": "Hi"})), event(candidate({"text": "", "thoughtSignature": "s"}, finish="STOP")))
    assert fold(read(GEMINI.reader(), *pieces)).choices == together.choices


def test_the_signature_of_a_thought_is_its_own() -> None:
    thought = {"text": "Hm", "thought": True, "thoughtSignature": "s"}
    (part,) = GEMINI.read_answer(whole(candidate(thought, finish="STOP"))).choices[0].parts
    assert part == Reasoning("Hm", signature="s", summary=True, wire=Wire.GEMINI)


def test_pictures_and_sounds_that_a_model_made_are_parts() -> None:
    made = [{"inlineData": {"mimeType": kind, "data": "QQ=="}} for kind in ("image/png", "audio/wav")]
    parts = GEMINI.read_answer(whole(candidate(*made, finish="STOP"))).choices[0].parts
    assert parts == (Image(data="QQ==", media_type="image/png"), Audio(data="QQ==", format="wav"))


def test_every_candidate_must_end_before_the_answer_has() -> None:
    begun = event(candidate({"text": "a"}), candidate({"text": "b"}, index=1))
    first = event(candidate(finish="STOP"))
    assert not finished(begun, first)
    last = event(candidate({"text": "c"}, finish="MAX_TOKENS", index=1))
    assert finished(begun, first, last)
    answer = fold(read(GEMINI.reader(), begun, first, last))
    assert [(each.parts, each.finish) for each in answer.choices] == [
        ((Text("a"),), Finish.STOP),
        ((Text("bc"),), Finish.LENGTH),
    ]


def test_a_whole_answer_that_does_not_tell_why_it_ended_is_broken() -> None:
    for body in (
        whole(candidate({"text": "Hi"})),
        whole(),
        b"{}",
        b"[]",
        b"null",
        b"",
        b'{"candidates": 1}',
        b"<html>",
    ):
        with pytest.raises(UpstreamBroken) as raised:
            GEMINI.read_answer(body)
        assert raised.value.outcome is Outcome.BROKEN


def test_an_answer_nested_without_end_is_broken_and_not_followed() -> None:
    deep = b'{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":' + b'{"a":' * 100_000
    with pytest.raises(UpstreamBroken):
        GEMINI.read_answer(deep)


def test_what_gemini_ran_may_be_nested_as_deep_as_can_be_read() -> None:
    begin, end = b'{"candidates":[{"content":{"parts":[{"toolResponse":', b'}]},"finishReason":"STOP"}]}'
    read_well = 0
    for depth in range(1, 1000, 3):
        try:
            GEMINI.read_answer(begin + b'{"a":' * depth + b"1" + b"}" * depth + end)
            read_well += 1
        except UpstreamBroken:
            pass
    assert 50 < read_well < 333


def test_citations_without_end_take_no_time_without_end() -> None:
    support = {"segment": {"text": "x", "startIndex": 5}, "groundingChunkIndices": [0] * 1000}
    told = {"groundingChunks": [{"web": {"uri": "https://a"}}], "groundingSupports": [support] * 1000}
    text = {"text": "é" * 1000}
    (part,) = GEMINI.read_answer(whole(candidate(text, finish="STOP", groundingMetadata=told))).choices[0].parts
    assert isinstance(part, Text)
    assert len(part.citations) == 256


def test_an_error_inside_a_stream_is_told_in_its_own_words() -> None:
    error = {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}
    begun = event(candidate({"text": "Hi"}))
    for told in (error, [error]):
        body = json.dumps(told).encode()
        for last in (b"data: " + body + b"\r\n\r\n", body):
            said = deltas(begun, last)
            assert said[-1] == Failing(body)
            assert isinstance(said[-1], Failing)
            meant = failure_inside(said[-1].body)
            assert meant is not None
            assert meant.outcome is Outcome.OVERLOADED
            assert not finished(begun, last)


def test_usage_is_told_when_it_changes_and_counts_what_gemini_keeps_apart() -> None:
    first = {"promptTokenCount": 10, "totalTokenCount": 10}
    last = {
        "promptTokenCount": 10,
        "cachedContentTokenCount": 4,
        "candidatesTokenCount": 5,
        "thoughtsTokenCount": 7,
        "toolUsePromptTokenCount": 100,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 7}, {"modality": "AUDIO", "tokenCount": 3}],
        "candidatesTokensDetails": [{"modality": "AUDIO", "tokenCount": 2}],
    }
    told = read(
        GEMINI.reader(),
        event(candidate({"text": "a"}), usageMetadata=first),
        event(candidate({"text": "b"}), usageMetadata=first),
        event(candidate(finish="STOP"), usageMetadata=last),
    )
    assert [each.usage for each in told if isinstance(each, Opened | Told)] == [
        Usage(10, 0),
        Usage(110, 12, 4, 7, 0, 3, 2),
    ]


@pytest.mark.parametrize("odd", [None, "many", -1, 1.5, {}, True])
def test_an_odd_count_costs_no_answer(odd: Any) -> None:
    answer = GEMINI.read_answer(
        whole(candidate({"text": "Hi"}, finish="STOP"), usageMetadata={"promptTokenCount": odd})
    )
    assert answer.usage is None


def test_log_probs_are_told_as_openai_tells_them() -> None:
    chosen = [{"token": "Hi", "tokenId": 1, "logProbability": -0.5}, {"token": "é"}]
    told = {
        "chosenCandidates": chosen,
        "topCandidates": [{"candidates": [*chosen, {"token": "Ho", "logProbability": -2}]}],
    }
    answer = GEMINI.read_answer(whole(candidate({"text": "Hié"}, finish="STOP", logprobsResult=told)))
    assert answer.choices[0].logprobs is not None
    content = json.loads(bytes(answer.choices[0].logprobs))["content"]
    assert [(each["token"], each["logprob"], each["bytes"]) for each in content] == [
        ("Hi", -0.5, [72, 105]),
        ("é", 0.0, [195, 169]),
    ]
    assert [each["token"] for each in content[0]["top_logprobs"]] == ["Hi", "é", "Ho"]
    assert content[1]["top_logprobs"] == []


def test_citations_are_placed_by_characters_where_gemini_counts_bytes() -> None:
    text = "Größe: 5 m. Größe: 6 m."
    segment = {"startIndex": len("Größe: 5 m. ".encode()), "endIndex": len(text.encode()), "text": "Größe: 6 m."}
    told = {
        "groundingChunks": [{"web": {"uri": "https://a", "title": "A"}}, "odd"],
        "groundingSupports": [{"segment": segment, "groundingChunkIndices": [0, 7, "x"]}, {}, None],
    }
    stream = [
        event(candidate({"text": text[:9]})),
        event(candidate({"text": text[9:]}, finish="STOP", groundingMetadata=told)),
    ]
    (part,) = fold(read(GEMINI.reader(), *stream)).choices[0].parts
    assert isinstance(part, Text)
    assert [(each.url, each.title, each.start, each.end) for each in part.citations] == [("https://a", "A", 12, 23)]


def test_sources_without_places_are_cited_for_the_whole_text() -> None:
    told = {"groundingChunks": [{"web": {"uri": "https://a"}}]}
    (part,) = (
        GEMINI.read_answer(whole(candidate({"text": "Hi"}, finish="STOP", groundingMetadata=told))).choices[0].parts
    )
    assert isinstance(part, Text)
    assert [(each.url, each.start, each.end) for each in part.citations] == [("https://a", None, None)]


BAD_PATHS = ["$", "x", "$.a[", "$.a[5]", "$[0]", "$..a", "$.a[999999]", "$" + 65 * ".a"]


@pytest.mark.parametrize("path", BAD_PATHS)
def test_a_piece_of_a_call_that_leads_nowhere_breaks_the_answer(path: str) -> None:
    begun = event(candidate({"functionCall": {"name": "f", "willContinue": True}}))
    piece = event(candidate({"functionCall": {"partialArgs": [{"jsonPath": path, "stringValue": "v"}]}}))
    seen, broken = until_broken(read_events(begun, piece))
    assert broken is not None
    assert len(seen) == 1


def read_events(*events: bytes) -> Any:
    reader = GEMINI.reader()
    for each in events:
        yield from reader.feed(each)


def test_pieces_of_a_call_are_joined_by_their_paths() -> None:
    values: list[dict[str, Any]] = [
        {"jsonPath": "$.to", "stringValue": "Bos", "willContinue": True},
        {"jsonPath": "$.to", "stringValue": "ton"},
        {"jsonPath": "$.days[0]['first day']", "boolValue": True},
        {"jsonPath": "$.days[1]", "nullValue": None},
        {"jsonPath": "$.price", "numberValue": 0.5},
    ]
    events = [event(candidate({"functionCall": {"name": "book", "willContinue": True}}))]
    events += [event(candidate({"functionCall": {"partialArgs": [each], "willContinue": True}})) for each in values]
    # The end of the answer is the end of a call that forgets to tell its own.
    (call,) = fold(read(GEMINI.reader(), *events, event(candidate(finish="STOP")))).choices[0].parts
    assert isinstance(call, ToolCall)
    assert json.loads(call.arguments) == {"to": "Boston", "days": [{"first day": True}, None], "price": 0.5}


ONE_OF_EACH = b"".join(
    (
        b": keep-alive\n\n",
        event(candidate({"text": "Hm ☃", "thought": True}), usageMetadata={"promptTokenCount": 3}),
        event(candidate({"text": "a"}), candidate({"text": "b"}, index=1)),
        event(candidate({"executableCode": {"code": "1"}}, {"functionCall": {"name": "f", "args": {"a": "é"}}})),
        event(candidate({"text": "", "thoughtSignature": "s"}, finish="STOP"), candidate(finish=2, index=1)),
    )
)


@given(cuts=st.lists(st.integers(0, len(ONE_OF_EACH)), max_size=12))
def test_any_pieces_make_the_same_answer(cuts: list[int]) -> None:
    assert read(GEMINI.reader(), *cut(ONE_OF_EACH, cuts)) == read(GEMINI.reader(), ONE_OF_EACH)


@given(end=st.integers(0, len(ONE_OF_EACH) - 5))
def test_a_stream_cut_anywhere_is_not_finished(end: int) -> None:
    reader = GEMINI.reader()
    until_broken(reader.feed(ONE_OF_EACH[:end]))
    until_broken(reader.close())
    assert not reader.finished


def test_a_count_of_tokens_is_read() -> None:
    assert read_count(b'{"totalTokens": 12, "promptTokensDetails": []}') == 12
    for body in (b"{}", b"[]", b'{"totalTokens": "x"}'):
        with pytest.raises(UpstreamBroken):
            read_count(body)
