"""What a chat holds in all its messages is bounded, in every format that callers speak."""

import json
import tracemalloc
from typing import Any

import pytest

from optipath_router.errors import RequestRejected
from optipath_router.providers import members
from support.kit.entries import CALLERS

LISTS = {"chats": "messages", "Messages": "messages", "Responses": "input"}
"""Where each format has what was said."""
TEXT = {"type": "text", "text": "so"}
TURN = {"role": "user", "content": [TEXT] * 5}
RESULT = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": [TEXT] * 4}]}


def asked(turns: list[dict[str, Any]], name: str = "messages") -> bytes:
    return json.dumps({"model": "m", "max_tokens": 1, name: turns}).encode()


@pytest.mark.parametrize("name", LISTS)
def test_more_parts_than_a_chat_may_hold_are_refused_by_the_name_of_their_member(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MAX_PARTS", 20)
    codec = CALLERS[name].codec
    codec.read_chat(asked([TURN] * 4, LISTS[name]))
    with pytest.raises(RequestRejected, match="holds more than 20 parts in all its messages") as refused:
        codec.read_chat(asked([TURN] * 5, LISTS[name]))
    assert (refused.value.status, refused.value.param) == (400, LISTS[name])


def test_parts_inside_of_a_tools_result_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MAX_PARTS", 20)
    messages = CALLERS["Messages"].codec
    messages.read_chat(asked([RESULT] * 4))
    with pytest.raises(RequestRejected, match="holds more than 20 parts"):
        messages.read_chat(asked([RESULT] * 5))


DATA = "A" * 4 * 1024 * 1024
IMAGES: dict[str, dict[str, Any]] = {
    "chats": {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{DATA}"}},
    "Messages": {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": DATA}},
    "Responses": {"type": "input_image", "image_url": f"data:image/png;base64,{DATA}"},
}


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_is_not_copied_to_see_what_it_is(name: str) -> None:
    body = asked([{"role": "user", "content": [IMAGES[name]]}], LISTS[name])
    tracemalloc.start()
    try:
        CALLERS[name].codec.read_chat(body)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The text of its URL, and its data cut out of that.
    assert most < 2.5 * len(DATA)
