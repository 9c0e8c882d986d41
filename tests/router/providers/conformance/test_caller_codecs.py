"""What every caller's codec must do, whatever it speaks."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from optipath_router.chat.answer import Answer
from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import Text, Wire
from optipath_router.chat.says import says
from optipath_router.errors import RequestRejected
from optipath_snapshot import Saying
from support.kit.answers import ANSWERS, deltas, said
from support.kit.chats import PAIRS
from support.kit.entries import CALLERS, PROVIDERS, Caller
from support.said import Seen

pytestmark = [pytest.mark.row("D38", "E24")]

every_caller = pytest.mark.parametrize("caller", CALLERS.values(), ids=CALLERS)
every_answer = pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)

CHAT = Chat(Wire.CHAT, ())


def expected(caller: Caller, answer: Answer) -> dict[str, Any]:
    told = said(answer)
    return {
        "text": told["text"],
        "reasoning": told["reasoning"],
        "calls": told["calls"],
        "finish": caller.finishes[told["finish"]],
        "tokens": {12, 5},
    }


def seen_as(seen: Seen) -> dict[str, Any]:
    return {
        "text": seen.text,
        "reasoning": seen.reasoning,
        "calls": [(call.name, json.loads(call.arguments)) for call in seen.calls],
        "finish": seen.finish,
        "tokens": {12, 5} & {value for value in seen.usage.values() if isinstance(value, int)},
    }


@every_caller
@every_answer
def test_a_whole_answer_is_seen_as_it_was_said(caller: Caller, answer: Answer) -> None:
    assert seen_as(caller.see(caller.codec.write_answer(answer, CHAT), streams=False)) == expected(caller, answer)


@every_caller
@every_answer
@pytest.mark.parametrize("step", [1, 3, 1000])
def test_a_stream_is_seen_as_it_was_said(caller: Caller, answer: Answer, step: int) -> None:
    writer = caller.codec.writer(CHAT, tells_usage=True)
    stream = b"".join(map(writer.write, deltas(answer, step))) + writer.end()
    seen = caller.see(stream, streams=True)
    assert seen_as(seen) == expected(caller, answer)
    assert seen.ended
    assert seen.error is None


@every_caller
@every_answer
def test_a_stream_that_broke_off_is_not_seen_as_ended(caller: Caller, answer: Answer) -> None:
    told = list(deltas(answer))
    for number in range(1, len(told)):
        writer = caller.codec.writer(CHAT, tells_usage=True)
        seen = caller.see(b"".join(map(writer.write, told[:number])), streams=True)
        assert not seen.ended


SPELLED_OTHERWISE = {
    ("chats", Saying.DOCUMENT_TEXT): "it stands in the message as a text",
    ("Responses", Saying.DOCUMENT_TEXT): "it is a file with data",
    ("Messages", Saying.ALLOWED_TOOLS): "only those are offered",
}
"""What means the same in other words."""

NO_REQUESTS = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "an empty object": b"{}",
    "half of one": b'{"model": "m", "messages": [',
    "no UTF-8": b'{"model": "m", "messages": "\xff", "input": "\xff"}',
    "numbers": b'{"model": "m", "messages": 5, "input": 5}',
}


@every_caller
@pytest.mark.parametrize("body", NO_REQUESTS.values(), ids=NO_REQUESTS)
def test_what_is_no_request_is_rejected(caller: Caller, body: bytes) -> None:
    with pytest.raises(RequestRejected):
        caller.codec.read_chat(body)


@pytest.mark.parametrize("saying", Saying)
@pytest.mark.parametrize("name", CALLERS)
def test_what_was_written_in_a_caller_s_words_is_read_from_them(name: str, saying: Saying) -> None:
    caller, provider = CALLERS[name], PROVIDERS[CALLERS[name].provider]
    if saying not in provider.codec.sayings or (name, saying) in SPELLED_OTHERWISE:
        return
    chat = replace(PAIRS[saying][1], wire=provider.wire)
    again = caller.codec.read_chat(provider.codec.write_chat(chat, "m", streams=False).body)
    assert saying in says(again)
    texts = [part.text for message in again.messages for part in message.parts if isinstance(part, Text)]
    assert texts
