"""Completions, embeddings and moderations: the bytes pass, and a little is looked at."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from optipath_router.chat.events import Event, Kind
from optipath_router.chat.request import Asked, Part
from optipath_router.chat.tokens import text_tokens
from optipath_router.chat.usage import Usage
from optipath_router.classify.tokens import prompt_tokens
from optipath_router.errors import RequestRejected, UpstreamBroken
from optipath_router.providers.dialect import ErrorTold
from optipath_router.providers.openai import completions, embeddings, moderations
from support import wire

SURFACES: dict[str, Callable[[bytes], Asked]] = {
    "openai.completions": completions.read_asked,
    "openai.embeddings": embeddings.read_asked,
    "openai.moderations": moderations.read_asked,
}


def recorded(dialect: str) -> list[wire.Exchange]:
    return [each for each in wire.exchanges(dialect) if each["response"]["status"] == 200]


def body_of(exchange: wire.Exchange) -> bytes:
    return json.dumps(exchange["request"]["body"]).encode()


def texts(asked: Asked) -> list[Any]:
    return [message.content for message in asked.messages]


@pytest.mark.parametrize("dialect", SURFACES)
def test_recorded_requests_are_read(dialect: str) -> None:
    for exchange in recorded(dialect):
        asked = SURFACES[dialect](body_of(exchange))
        assert asked.model == exchange["request"]["body"]["model"]
        assert asked.messages


@pytest.mark.parametrize("dialect", SURFACES)
def test_nothing_but_the_model_changes(dialect: str) -> None:
    for exchange in recorded(dialect):
        body = body_of(exchange)
        asked = SURFACES[dialect](body)
        sent = {
            "openai.completions": lambda: completions.outgoing(body, asked, "b", tell_usage=False),  # noqa: B023
            "openai.embeddings": lambda: embeddings.outgoing(body, asked, "b"),  # noqa: B023
            "openai.moderations": lambda: moderations.outgoing(body, asked, "b"),  # noqa: B023
        }[dialect]()
        assert json.loads(sent.body) == {**exchange["request"]["body"], "model": "b"}


def test_recorded_completions_tell_their_usage() -> None:
    seen = 0
    for exchange in recorded("openai.completions"):
        if "body" in exchange["response"]:
            answer = exchange["response"]["body"]
            usage, _ = completions.read_answer(json.dumps(answer).encode())
            told = answer["usage"]
            assert usage is not None
            assert usage == Usage(told["prompt_tokens"], told["completion_tokens"], usage.cached_input_tokens)
            seen += 1
    assert seen > 15


def test_recorded_completions_are_read_to_their_end() -> None:
    seen = 0
    for exchange in recorded("openai.completions"):
        if "body_text" not in exchange["response"]:
            continue
        asked = completions.read_asked(body_of(exchange))
        reader = completions.reader(asked, hides_usage=False)
        stream = exchange["response"]["body_text"].encode()
        events = [*reader.feed(stream), *reader.close()]
        assert reader.finished, exchange["id"]
        assert any(event.kind is Kind.CONTENT and event.tokens for event in events), exchange["id"]
        seen += 1
    assert seen > 5


def test_recorded_embeddings_tell_their_usage() -> None:
    for exchange in recorded("openai.embeddings"):
        answer = exchange["response"]["body"]
        usage = embeddings.read_answer(json.dumps(answer).encode())
        told = answer["usage"]
        assert usage == Usage(told.get("prompt_tokens", told["total_tokens"]), 0)


def test_recorded_moderations_are_answers() -> None:
    for exchange in recorded("openai.moderations"):
        moderations.read_answer(json.dumps(exchange["response"]["body"]).encode())


def test_each_prompt_is_a_message() -> None:
    assert texts(completions.read_asked(b'{"model": "m", "prompt": "a"}')) == ["a"]
    assert texts(completions.read_asked(b'{"model": "m", "prompt": ["a", "b"]}')) == ["a", "b"]
    assert texts(embeddings.read_asked(b'{"model": "m", "input": ["a", "b"]}')) == ["a", "b"]


def test_tokens_that_came_as_numbers_are_counted() -> None:
    def counted(numbers: str) -> int:
        return prompt_tokens(completions.read_asked(b'{"model": "m", "prompt": %b}' % numbers.encode()))

    assert counted("[1, 2, 3]") - counted('""') == 3
    several = texts(embeddings.read_asked(b'{"model": "m", "input": [[1, 2], [3]]}'))
    assert [text_tokens(part.text) for (part,) in several] == [2, 1]


def test_pictures_are_seen_in_what_is_moderated() -> None:
    body = {"input": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "u"}}]}
    asked = moderations.read_asked(json.dumps(body).encode())
    assert asked.model == moderations.DEFAULT_MODEL
    assert asked.messages[0].content == [Part("text", "a"), Part("image_url")]


def chunk(index: int, text: str, finish: str | None = None) -> bytes:
    choice = {"index": index, "text": text, "finish_reason": finish}
    return b"data: %b\n\n" % json.dumps({"object": "text_completion", "choices": [choice]}).encode()


def test_a_stream_is_finished_once_each_choice_of_each_prompt_is() -> None:
    asked = completions.read_asked(b'{"model": "m", "prompt": ["a", "b"], "stream": true}')
    reader = completions.reader(asked, hides_usage=False)
    kinds: list[Event] = [*reader.feed(chunk(0, "x", "stop"))]
    assert [event.kind for event in kinds] == [Kind.CONTENT]
    assert not reader.finished
    list(reader.feed(chunk(1, "y") + chunk(1, "", "length")))
    assert reader.finished


@pytest.mark.parametrize(
    ("read", "body", "param"),
    [
        (completions.read_asked, {"model": "m", "prompt": []}, "prompt"),
        (completions.read_asked, {"model": "m", "prompt": ["a", 1]}, "prompt[1]"),
        (completions.read_asked, {"prompt": "a"}, "model"),
        (embeddings.read_asked, {"model": "m", "input": [["a"]]}, "input[0]"),
        (embeddings.read_asked, {"model": "m", "input": ["a"] * 10_001}, "input"),
        (embeddings.read_asked, {"model": "m"}, None),
        (moderations.read_asked, {"input": 7}, None),
    ],
)
def test_what_is_wrong_is_named(read: Callable[[bytes], Asked], body: dict[str, Any], param: str | None) -> None:
    with pytest.raises(RequestRejected) as rejected:
        read(json.dumps(body).encode())
    assert rejected.value.param == param


READS: list[Callable[[bytes], Any]] = [completions.read_answer, embeddings.read_answer, moderations.read_answer]


@pytest.mark.parametrize("read", READS)
def test_an_answer_that_is_none_is_found_out(read: Callable[[bytes], Any]) -> None:
    for broken in (b"", b"{", b"null", b"{}", b'{"choices": 1, "data": 1, "results": 1}', b"[" * 100_000):
        with pytest.raises(UpstreamBroken):
            read(broken)
    with pytest.raises(ErrorTold):
        read(b'{"error": {"message": "no"}}')
