"""What Anthropic's official SDK makes of what we write for callers of Messages."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from optipath_router.chat.answer import Answer, Choice, ChoiceEnded, Delta, Finish, Opened, PartBegun, PartGrown, Told
from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import Citation, Message, Part, Reasoning, Refusal, Role, Text, ToolCall, Wire
from optipath_router.chat.usage import Usage
from optipath_router.errors import Code
from optipath_router.providers.anthropic import faults, models
from optipath_router.providers.anthropic.codec import MESSAGES_CALLER, MESSAGES_PROVIDER
from optipath_router.providers.anthropic.count_tokens import counted
from support import wire

anthropic: Any = pytest.importorskip("anthropic", reason="Anthropic's SDK is not in this environment")

CHAT = Chat(Wire.MESSAGES, (Message(Role.USER, (Text("Hello"),)),))
ASKED: dict[str, Any] = {"model": "auto", "max_tokens": 99, "messages": [{"role": "user", "content": "Hello"}]}
PARTS: tuple[Part, ...] = (
    Reasoning("Hm", "sig", wire=Wire.GEMINI),
    Text("Hello", (Citation("https://a.example", "A", "Hello"),)),
    ToolCall("call_1", "weather", '{"city":"Bonn"}'),
    ToolCall("call_2", "time", "{}", signature="sig"),
    Refusal("No"),
)
USAGE = Usage(100, 5, 40, 2, 10)


@contextmanager
def server(status: int, body: bytes, kind: str = "application/json") -> Iterator[Any]:
    """The SDK's client of a server that answers everything with one body."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.do_GET()

        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answering) as listening:
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"http://127.0.0.1:{listening.server_port}"
        try:
            with anthropic.Anthropic(api_key="key", base_url=url, max_retries=0) as client:
                yield client
        finally:
            listening.shutdown()
            thread.join()


def stream(*parts: Part) -> bytes:
    writer = MESSAGES_CALLER.writer(CHAT, tells_usage=True)
    deltas: list[Delta] = [Opened("msg_1", "gpt")]
    for number, part in enumerate(parts):
        deltas.append(PartBegun(0, number, part))
        if isinstance(part, Text | Refusal):
            deltas.append(PartGrown(0, number, "!"))
    return b"".join(map(writer.write, [*deltas, ChoiceEnded(0, Finish.TOOL_CALLS), Told(USAGE)])) + writer.end()


def check(message: Any, more: str) -> None:
    thought, text, call, sealed, other, refusal = message.content
    assert (thought.type, thought.thinking) == ("thinking", "Hm")
    assert (text.text, text.citations[0].url) == ("Hello" + more, "https://a.example")
    assert (call.id, call.name, call.input) == ("call_1", "weather", {"city": "Bonn"})
    assert sealed.type == "redacted_thinking"
    assert (other.name, other.input) == ("time", {})
    assert refusal.text == "No" + more
    assert message.stop_reason == "tool_use"
    assert (message.usage.input_tokens, message.usage.output_tokens) == (50, 5)


def test_a_whole_answer() -> None:
    answer = Answer((Choice(PARTS, Finish.TOOL_CALLS),), "msg_1", "gpt", usage=USAGE)
    body = MESSAGES_CALLER.write_answer(answer, CHAT)
    with server(200, body) as client:
        message = client.messages.create(**ASKED)
    check(message, "")
    # Not only read as far as it goes, as clients do, but right in every member.
    anthropic.types.Message.model_validate_json(body, strict=True)
    # And what a caller brings back is read as it was said.
    back = {**ASKED, "messages": [*ASKED["messages"], {"role": "assistant", "content": message.to_dict()["content"]}]}
    said = MESSAGES_CALLER.read_chat(json.dumps(back).encode()).messages[-1].parts
    assert said[0] == PARTS[0]
    assert said[2] == ToolCall("call_1", "weather", '{"city": "Bonn"}')
    assert said[3] == PARTS[3]


def test_a_streamed_answer() -> None:
    body = stream(*PARTS)
    with server(200, body, "text/event-stream") as client, client.messages.stream(**ASKED) as events:
        check(events.get_final_message(), "!")
    for line in body.splitlines():
        if line.startswith(b"data: "):
            kind = json.loads(line[6:])["type"]
            name = "Raw" + "".join(word.title() for word in kind.split("_")) + "Event"
            getattr(anthropic.types, name).model_validate_json(line[6:], strict=True)


def test_recorded_answers_as_we_write_them() -> None:
    model = anthropic.types.beta.BetaMessage
    taken = 0
    for exchange, body in wire.answers(Wire.MESSAGES):
        try:
            model.model_validate_json(body)
        except ValueError:
            continue  # some are older than what the SDK knows, and some are newer
        written = MESSAGES_CALLER.write_answer(MESSAGES_PROVIDER.read_answer(body), CHAT)
        read = model.model_validate_json(written)
        assert "".join(block.text for block in read.content if block.type == "text") == exchange["expect"]["text"]
        taken += 1
    assert taken > 100


def test_an_error_is_raised_with_our_code() -> None:
    body = faults.error(404, Code.MODEL_NOT_FOUND, "model 'x' is not served here", "model")
    with server(404, body) as client, pytest.raises(anthropic.NotFoundError) as raised:
        client.messages.create(**ASKED)
    assert raised.value.body["error"]["code"] == "model_not_found"
    assert "is not served here" in str(raised.value)


@pytest.mark.case("S04")
def test_a_stream_that_breaks_off_raises() -> None:
    begun = stream(Text("Hello")).split(b"event: content_block_stop")[0]
    body = begun + faults.broken_off("it stalled")
    with server(200, body, "text/event-stream") as client, client.messages.stream(**ASKED) as events:
        with pytest.raises(anthropic.APIStatusError, match="it stalled") as raised:
            list(events)
        assert raised.value.body["error"]["code"] == "all_attempts_failed"


def test_the_models_and_a_count_of_tokens() -> None:
    with server(200, models.every(["a", "b"])) as client:
        assert [model.id for model in client.models.list()] == ["a", "b"]
    with server(200, models.one("a")) as client:
        assert client.models.retrieve("a").display_name == "a"
    with server(200, counted(12)) as client:
        assert client.messages.count_tokens(model="a", messages=ASKED["messages"]).input_tokens == 12
