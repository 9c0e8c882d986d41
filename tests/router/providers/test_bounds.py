"""What a chat holds in all its messages is bounded, in every format that callers speak."""

import json
from typing import Any

import pytest

from optipath_router.errors import RequestRejected
from optipath_router.providers import members
from support.kit.entries import CALLERS, Caller

TEXT = {"type": "text", "text": "so"}
TURN = {"role": "user", "content": [TEXT] * 5}
RESULT = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": [TEXT] * 4}]}


def asked(turns: list[dict[str, Any]]) -> bytes:
    return json.dumps({"model": "m", "max_tokens": 1, "messages": turns, "input": turns}).encode()


@pytest.mark.parametrize("caller", CALLERS.values(), ids=CALLERS)
def test_more_parts_than_a_chat_may_hold_are_refused_by_the_name_of_their_member(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MAX_PARTS", 20)
    caller.codec.read_chat(asked([TURN] * 4))
    with pytest.raises(RequestRejected, match="holds more than 20 parts in all its messages") as refused:
        caller.codec.read_chat(asked([TURN] * 5))
    assert (refused.value.status, refused.value.param) in [(400, "messages"), (400, "input")]


def test_parts_inside_of_a_tools_result_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MAX_PARTS", 20)
    messages = CALLERS["Messages"].codec
    messages.read_chat(asked([RESULT] * 4))
    with pytest.raises(RequestRejected, match="holds more than 20 parts"):
        messages.read_chat(asked([RESULT] * 5))
