"""Streams that tell an error, cannot be shown to their end, or end more than once."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from optipath_router.chat.answer import Failing, PartBegun
from optipath_router.chat.conversation import Text
from optipath_router.chat.events import Event, Kind
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.codec import Read
from optipath_router.providers.failure import data_of
from optipath_router.providers.passage import together
from support.builders import provider, route, snapshot, target
from support.paper import PaperRouter


def router(kind: str, body: bytes, asked: list[httpx.Request] | None = None) -> PaperRouter:
    """One whose only provider streams a body."""
    of = (provider("acme", type=kind, url="https://acme.example"),)

    def provided(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(request)
        return httpx.Response(200, content=body, headers={"content-type": "text/event-stream"})

    rule = route("acme/m", models=["m"])
    return PaperRouter(snapshot(rule, targets=[target("acme/m")], providers=of), provided)


def streamed(**given: Any) -> bytes:
    return json.dumps({"model": "m", "stream": True, "messages": [{"role": "user", "content": "Hi"}], **given}).encode()


def printed(code: int, status: str, *details: Any) -> bytes:
    """An error as Gemini prints it where events should have come."""
    return json.dumps(
        [{"error": {"code": code, "message": "no", "status": status, "details": details}}], indent=2
    ).encode()


async def test_a_limit_of_several_lines_is_told_with_the_time_to_wait() -> None:
    delay = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "47s"}
    asked: list[httpx.Request] = []
    answer = await router("Gemini", printed(429, "RESOURCE_EXHAUSTED", delay), asked).post(
        "/v1/chat/completions", streamed()
    )
    assert (answer.status, answer.headers["retry-after"], len(asked)) == (429, "47", 1)


async def test_a_fault_of_the_callers_of_several_lines_is_the_callers() -> None:
    asked: list[httpx.Request] = []
    answer = await router("Gemini", printed(400, "INVALID_ARGUMENT"), asked).post("/v1/chat/completions", streamed())
    assert (answer.status, len(asked)) == (400, 1)


@pytest.mark.parametrize("body", [b'{\n "error": {}\r\n}', b'{"error": {}}', b""], ids=["lines", "a line", "nothing"])
def test_an_errors_lines_survive_the_event_that_carries_them(body: bytes) -> None:
    [event] = together([Read(body, (Failing(body),))], lambda read: read.raw)
    assert event.kind is Kind.ERROR
    assert event.raw.endswith(b"\n\n")
    assert data_of(event.raw).split() == body.split()


def test_what_cannot_be_shown_takes_nothing_from_what_came_before_it() -> None:
    def shown(read: Read) -> bytes:
        if read.raw == b"worse":
            raise UpstreamBroken(Outcome.BROKEN, "no sense in it")
        return read.raw

    def given() -> Iterator[Event]:
        return together([Read(b"well", (PartBegun(0, 0, Text("well")),)), Read(b"worse")], shown)

    events = given()
    assert next(events).raw == b"well"
    with pytest.raises(UpstreamBroken, match="no sense in it"):
        next(events)


async def test_an_answer_that_is_ended_twice_ends_once() -> None:
    word = b'data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n'
    finish = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    answer = await router("OpenAICompatible", word + finish + b"data: [DONE]\n\n" * 2).post(
        "/v1/messages", streamed(max_tokens=9)
    )
    assert answer.body.count(b"event: message_stop") == 1
    assert answer.whole
