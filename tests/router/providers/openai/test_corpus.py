"""Every recorded exchange with OpenAI's family: read, written again, and read once more."""

import json
import sys
from collections import Counter
from copy import deepcopy
from random import Random
from typing import Any

import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from optipath_router.chat.answer import Answer, Delta, Failing, Finish
from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import Wire
from optipath_router.errors import UpstreamBroken
from optipath_router.providers.openai.codec import CALLER
from optipath_router.providers.openai.family import Family, Thoughts
from optipath_router.providers.sse import SseParser
from optipath_snapshot import Saying
from support import wire
from support.folded import folded
from support.pieces import cut
from support.wire_openai import LESS, codec, deltas, expected, heard

ANY = Chat(Wire.CHAT, ())


def answered() -> list[tuple[wire.Exchange, Answer]]:
    """All answers that recordings expect something of."""
    whole = [(each, codec(each).read_answer(body)) for each, body in wire.answers() if "text" in each.get("expect", ())]
    streamed = [
        (each, folded(deltas(each, stream))) for each, stream in wire.streams() if "text" in each.get("expect", ())
    ]
    return whole + streamed


def test_what_was_recorded_is_what_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    agreed, seen, rest = Counter[str](), Counter[str](), list[str]()
    for exchange, answer in answered():
        seen[exchange["provider"]] += 1
        if exchange["id"] in LESS:
            rest.append(exchange["id"])
            continue
        told = heard(answer)
        assert told == expected(exchange, told), exchange["id"]
        agreed[exchange["provider"]] += 1
    with capsys.disabled():
        lines = [f"\nopenai.chat: {agreed.total()} of {seen.total()} exchanges agree: {dict(agreed)}"]
        sys.stdout.write("\n  ".join([*lines, *(f"{each}: {LESS[each]}" for each in rest)]) + "\n")
    assert seen.total() == 600
    assert sorted(rest) == sorted(LESS)
    assert len(rest) <= seen.total() * 0.01


def as_told_again(answer: Answer) -> Any:
    """What must be the same once it was written and read: all but the provider's own word for the finish."""
    return [
        (choice.parts, choice.finish, choice.logprobs and json.loads(bytes(choice.logprobs)))
        for choice in answer.choices
    ]


def test_a_whole_answer_is_the_same_once_it_was_written_and_read() -> None:
    for exchange, body in wire.answers():
        if "text" in exchange.get("expect", ()):
            answer = codec(exchange).read_answer(body)
            again = codec(exchange).read_answer(CALLER.write_answer(answer, ANY))
            assert as_told_again(again) == as_told_again(answer), exchange["id"]
            assert (again.id, again.model, again.usage) == (answer.id, answer.model, answer.usage)


def streamed_again(said: list[Delta]) -> bytes:
    writer = CALLER.writer(ANY, tells_usage=True)
    return b"".join([writer.write(delta) for delta in said if not isinstance(delta, Failing)]) + writer.end()


def test_a_stream_is_the_same_once_it_was_written_and_read() -> None:
    for exchange, stream in wire.streams():
        if "text" in exchange.get("expect", ()):
            answer = folded(deltas(exchange, stream))
            again = folded(deltas(exchange, streamed_again(deltas(exchange, stream))))
            assert as_told_again(again) == as_told_again(answer), exchange["id"]
            assert (again.id, again.model, again.usage) == (answer.id, answer.model, answer.usage), exchange["id"]


def test_a_stream_and_a_whole_answer_mean_the_same() -> None:
    """Folded deltas written as a whole answer and read are those deltas folded."""
    for exchange, stream in wire.streams():
        if "text" in exchange.get("expect", ()):
            answer = folded(deltas(exchange, stream))
            if answer.choices:
                again = codec(exchange).read_answer(CALLER.write_answer(answer, ANY))
                assert heard(again) == heard(answer), exchange["id"]


def test_a_stream_in_any_pieces_says_the_same() -> None:
    random = Random(6)
    for exchange, stream in wire.streams():
        whole = read_until_broken(exchange, stream)
        places = range(1, len(stream)) if len(stream) < 3000 else random.sample(range(1, len(stream)), 12)
        for place in places:
            assert read_until_broken(exchange, *cut(stream, [place])) == whole, (exchange["id"], place)


def read_until_broken(exchange: wire.Exchange, *pieces: bytes) -> list[Delta]:
    said: list[Delta] = []
    reader = codec(exchange).reader()
    try:
        for piece in pieces:
            for read in reader.feed(piece):
                said += read.deltas
        for read in reader.close():
            said += read.deltas
    except UpstreamBroken:
        pass
    return said


def test_a_stream_that_breaks_off_before_its_finish_is_never_finished() -> None:
    broken = 0
    for exchange, stream in wire.streams():
        parser = SseParser()
        messages = [message.raw for message in (*parser.feed(stream), *parser.close())]
        reader = codec(exchange).reader()
        for message in messages:
            tells_finish = b'"finish_reason":"' in message.replace(b" ", b"")
            if tells_finish:
                break
            for _ in reader.feed(message):
                pass
            assert not reader.finished, exchange["id"]
            broken += 1
    assert broken > 1000


def nulls_apart(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: nulls_apart(each) for name, each in value.items() if each is not None}
    return [nulls_apart(each) for each in value] if isinstance(value, list) else value


def normal(request: dict[str, Any], family: Family) -> dict[str, Any]:
    """A request with the spellings that we take for the same made one."""
    request = deepcopy(nulls_apart(request))
    request.pop("stream_options", None)
    if not request.get("stream"):
        request.pop("stream", None)
    if request.get("n") == 1:
        del request["n"]
    for limit in ("max_tokens", "max_completion_tokens"):
        if limit in request:
            request[family.limit] = request.pop(limit)
    for member, saying in SAID.items():
        if saying not in family.sayings:
            request.pop(member, None)
    if isinstance(request.get("stop"), str):
        request["stop"] = [request["stop"]]
    normal_tools(request)
    for message in request["messages"]:
        normal_message(message)
        if family.thoughts is Thoughts.NOWHERE:
            message.pop("reasoning", None)
    return request


def normal_tools(request: dict[str, Any]) -> None:
    if not request.get("tools", True):
        del request["tools"]
    for tool in request.get("tools", []):
        tool.setdefault("type", "function")
    if isinstance(request.get("tool_choice"), dict):
        request["tool_choice"].setdefault("type", "function")


SAID = {"tool_choice": Saying.TOOL_CHOICE, "seed": Saying.SEED}
"""Members that were sent to providers who, as their entry has it, do nothing with them."""


def normal_message(message: dict[str, Any]) -> None:
    for name in ("prefix", "partial"):
        message.pop(name, None)
    if message.get("annotations") == []:
        del message["annotations"]
    if message["role"] == "assistant" and message.get("content") == []:
        del message["content"]
    if thought := message.pop("reasoning_content", "") or message.pop("reasoning", ""):
        message["reasoning"] = thought
    for call in message.get("tool_calls", []):
        call.pop("index", None)
    if message.get("tool_calls") == []:
        del message["tool_calls"]
    for part in message["content"] if isinstance(message.get("content"), list) else ():
        if isinstance(part.get("image_url"), str):
            part["image_url"] = {"url": part["image_url"]}
        if "thinking" in part:
            text = "".join(piece["text"] for piece in part["thinking"])
            part["thinking"] = [{"type": "text", "text": text}]
            part.pop("closed", None)


def test_recorded_requests_lose_nothing_on_their_way_through() -> None:
    compared = 0
    for exchange, body in wire.requests():
        if exchange["response"]["status"] != 200:
            continue
        request = exchange["request"]["body"]
        chat, each = CALLER.read_chat(body), codec(exchange)
        sent = json.loads(each.write_chat(chat, request["model"], streams=bool(request.get("stream"))).body)
        assert normal(sent, each.family) == normal(request, each.family), exchange["id"]
        compared += 1
    assert compared > 400


def test_openai_s_own_types_accept_what_is_written() -> None:
    for exchange, body in wire.answers():
        if "text" in exchange.get("expect", ()):
            written = CALLER.write_answer(codec(exchange).read_answer(body), ANY)
            ChatCompletion.model_validate_json(written)
    for exchange, stream in wire.streams():
        if "text" in exchange.get("expect", ()):
            parser = SseParser()
            for message in parser.feed(streamed_again(deltas(exchange, stream))):
                if message.data and message.data != b"[DONE]":
                    ChatCompletionChunk.model_validate_json(message.data)


def test_no_finish_is_invented() -> None:
    for exchange, stream in wire.streams():
        if "text" in exchange.get("expect", ()) and exchange["expect"]["finish"] is None:
            assert not folded(deltas(exchange, stream)).choices
    assert Finish.OTHER not in {choice.finish for _, answer in answered() for choice in answer.choices}
