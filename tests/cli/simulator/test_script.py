"""Behaviours as actions, without a socket."""

import json
from typing import Any

import pytest

from optipath_cli.simulator.actions import Action, Close, End, Head, Reset, Stall, Wait, Write
from optipath_cli.simulator.chat import Stamp
from optipath_cli.simulator.dialects import BadRequest, openai
from optipath_cli.simulator.script import script
from optipath_cli.simulator.words import behaviour


def actions(model: str, **members: Any) -> list[Action]:
    """The whole script for a request."""
    body = {"model": model, "messages": [{"role": "user", "content": "hello nonce-7f"}], **members}
    asked = openai.read("", json.dumps(body).encode())
    return list(script(behaviour(model), openai, asked, Stamp(1, 1_700_000_000), "sk-abcdefghijkl"))


def body(performed: list[Action]) -> Any:
    """The JSON of a plain reply."""
    return json.loads(b"".join(action.data for action in performed if isinstance(action, Write)))


def events(performed: list[Action]) -> list[Any]:
    """The data of a stream's events; the end mark as it is."""
    lines = [action.data.removeprefix(b"data: ").strip() for action in performed if isinstance(action, Write)]
    return [line.decode() if line == b"[DONE]" else json.loads(line) for line in lines]


def text(performed: list[Action], index: int = 0) -> str:
    """The text of one choice of a stream."""
    choices = [choice for event in events(performed) if isinstance(event, dict) for choice in event["choices"]]
    return "".join(choice["delta"].get("content") or "" for choice in choices if choice["index"] == index)


def status(performed: list[Action]) -> int:
    """The status of a reply."""
    head = next(action for action in performed if isinstance(action, Head))
    return head.status


def test_a_plain_answer_names_its_model_and_repeats_the_nonce() -> None:
    said = body(actions("gpt-5-mini"))
    assert said["object"] == "chat.completion"
    assert said["model"] == "gpt-5-mini"
    assert "gpt-5-mini" in said["choices"][0]["message"]["content"]
    assert "nonce-7f" in said["choices"][0]["message"]["content"]
    assert said["choices"][0]["finish_reason"] == "stop"


def test_tokens_are_counted() -> None:
    usage = body(actions("tokens-20"))["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]) == (4, 20, 24)


def test_a_stream_says_what_a_plain_answer_says() -> None:
    plain, streamed = actions("ok"), actions("ok", stream=True)
    assert text(streamed) == body(plain)["choices"][0]["message"]["content"]
    assert [event["choices"][0]["finish_reason"] for event in events(streamed)[:-1]][-1] == "stop"
    assert events(streamed)[-1] == "[DONE]"
    assert streamed[-1] == End()


def test_a_stream_tells_its_usage_only_if_asked() -> None:
    assert all("usage" not in event for event in events(actions("ok", stream=True))[:-1])
    *chunks, last, _ = events(actions("tokens-5", stream=True, stream_options={"include_usage": True}))
    assert all(chunk["usage"] is None for chunk in chunks)
    assert last["choices"] == []
    assert last["usage"]["completion_tokens"] == 5


def test_usage_can_be_left_out() -> None:
    assert "usage" not in body(actions("noUsage"))
    streamed = events(actions("noUsage", stream=True, stream_options={"include_usage": True}))
    assert all("usage" not in event for event in streamed[:-1])


def test_several_choices_are_given() -> None:
    plain, streamed = body(actions("tokens-4", n=3)), actions("tokens-4", n=3, stream=True)
    assert [choice["index"] for choice in plain["choices"]] == [0, 1, 2]
    assert plain["usage"]["completion_tokens"] == 12
    assert text(streamed, 0) == text(streamed, 2) == plain["choices"][0]["message"]["content"]


TOOL = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}


def test_a_tool_is_called_with_arguments_from_its_schema() -> None:
    choice = body(actions("tool", tools=[TOOL]))["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] is None
    assert choice["message"]["tool_calls"][0]["function"] == {"name": "weather", "arguments": '{"city":"text"}'}


def test_a_streamed_tool_call_comes_in_pieces() -> None:
    deltas = [event["choices"][0]["delta"] for event in events(actions("tool", tools=[TOOL], stream=True))[:-1]]
    calls = [delta["tool_calls"][0] for delta in deltas if "tool_calls" in delta]
    assert calls[0]["function"]["name"] == "weather"
    assert "".join(call["function"]["arguments"] for call in calls) == '{"city":"text"}'
    assert len(calls) > 2


def test_a_model_without_tools_answers_in_words() -> None:
    assert "tool" in body(actions("tool"))["choices"][0]["message"]["content"]


def test_an_object_is_given_where_one_is_wanted() -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "integer"}}}
    wanted = {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema}}
    for model in ("ok", "json"):
        said = body(actions(model, response_format=wanted))["choices"][0]["message"]["content"]
        assert json.loads(said) == {"answer": 1}
    assert json.loads(body(actions("json"))["choices"][0]["message"]["content"])["nonces"] == ["nonce-7f"]


@pytest.mark.parametrize("code", [400, 401, 402, 403, 404, 413, 422, 429, 500, 502, 503, 504, 529])
def test_an_error_has_its_status_and_openais_shape(code: int) -> None:
    for streams in (False, True):
        performed = actions(f"e{code}", stream=streams)
        assert status(performed) == code
        assert set(body(performed)["error"]) == {"message", "type", "param", "code"}


def test_patience_is_asked_for() -> None:
    head = actions("429-retry-after-7")[0]
    assert isinstance(head, Head)
    assert ("retry-after", "7") in head.headers


def test_a_wrong_key_is_quoted_in_part() -> None:
    error = body(actions("auth"))["error"]
    assert error["code"] == "invalid_api_key"
    assert "ijkl" in error["message"]
    assert "sk-abcdefghijkl" not in error["message"]


def test_a_spent_quota_is_told_from_a_rate_limit() -> None:
    assert body(actions("quota"))["error"]["code"] == "insufficient_quota"
    assert body(actions("e429"))["error"]["code"] == "rate_limit_exceeded"


ENDS = {"close-after-3": Close(), "reset-after-3": Reset(), "stall-after-3": Stall(), "truncate-after-3": End()}


@pytest.mark.parametrize(("model", "end"), ENDS.items(), ids=ENDS)
def test_a_broken_stream_ends_after_its_tokens(model: str, end: Action) -> None:
    performed = actions(f"{model}+tokens-3", stream=True)
    assert performed[-1] == end
    assert sum(action.tokens for action in performed if isinstance(action, Write)) == 3
    assert "[DONE]" not in events(performed)
    assert all(event["choices"][0]["finish_reason"] is None for event in events(performed))


@pytest.mark.parametrize("model", ["close-after-0", "reset-after-0", "stall-after-0", "truncate-after-0"])
def test_a_stream_can_break_before_its_first_event(model: str) -> None:
    assert [type(action) for action in actions(model, stream=True)][:-1] == [Head]


def test_an_answer_is_long_enough_to_break() -> None:
    assert actions("cut-after-50", stream=True)[-1] == Close()


@pytest.mark.parametrize("model", ["cut", "reset", "stall"])
def test_a_plain_answer_breaks_off_in_its_body(model: str) -> None:
    head, write, end = actions(model)
    assert isinstance(head, Head)
    assert isinstance(write, Write)
    assert head.length is not None
    assert 0 < len(write.data) < head.length
    assert isinstance(end, Close | Reset | Stall)


@pytest.mark.parametrize("model", ["badjson", "truncate-after-3"])
def test_json_can_stop_half_way(model: str) -> None:
    performed = actions(model)
    assert status(performed) == 200
    with pytest.raises(json.JSONDecodeError):
        body(performed)


def test_an_error_can_come_in_place_of_a_stream_or_in_it() -> None:
    (first,) = events(actions("error-in-stream-0", stream=True))
    assert set(first) == {"error"}
    opening, *tokens, last = events(actions("error-in-stream-3", stream=True))
    assert opening["choices"][0]["delta"]["role"] == "assistant"
    assert len(tokens) == 3
    assert set(last) == {"error"}
    assert set(body(actions("error-in-stream-3"))) == {"error"}


def test_nothing_can_come() -> None:
    assert actions("empty")[1] == Write(b"")
    assert [type(action) for action in actions("empty", stream=True)] == [Head, End]
    assert actions("infinite-stream") == [Stall()]


def test_waits_stand_where_the_name_puts_them() -> None:
    assert actions("slow-3s")[0] == Wait(3)
    assert [type(action) for action in actions("slow-first-token-30", stream=True)[:3]] == [Head, Wait, Write]
    dripped = actions("drip-200+tokens-3", stream=True)
    assert [action for action in dripped if isinstance(action, Wait)] == [Wait(0.2), Wait(0.2)]


def test_a_plain_answer_takes_as_long_as_its_stream() -> None:
    assert actions("slow-first-token-1+drip-500+tokens-3")[0] == Wait(2)


BAD = {
    "no JSON": b"{",
    "no text": b"\xff\xff",
    "no model": b'{"messages": []}',
    "no messages": b'{"model": "ok"}',
    "no list of messages": b'{"model": "ok", "messages": "hi"}',
    "too many choices": b'{"model": "ok", "messages": [], "n": 1000000000}',
}


@pytest.mark.parametrize("sent", BAD.values(), ids=BAD)
def test_a_bad_body_is_refused(sent: bytes) -> None:
    with pytest.raises(BadRequest, match="cannot be read"):
        openai.read("", sent)


def test_text_is_found_in_parts_too() -> None:
    parts = [{"type": "text", "text": "see nonce-1"}, {"type": "image_url", "image_url": {"url": "data:,"}}]
    sent = {"model": "ok", "messages": [{"role": "user", "content": parts}, {"role": "assistant", "content": None}]}
    assert "nonce-1" in openai.read("", json.dumps(sent).encode()).prompt
