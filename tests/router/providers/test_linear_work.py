"""What is twice as long takes no more than twice the work to translate, whoever made it up to be slow."""

from functools import partial
from typing import Any
from unittest.mock import Mock

import msgspec
import pytest

from optipath_router.chat.answer import Opened, PartBegun
from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import ToolCall, Wire
from optipath_router.providers.anthropic import growing
from optipath_router.providers.openai.thoughts import read_thoughts
from optipath_router.providers.responses import read_items
from optipath_router.providers.responses.codec import CALLER as RESPONSES
from support.calls import calls


def reasoning(count: int) -> list[msgspec.Raw]:
    item = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "so"}]}
    return [msgspec.Raw(msgspec.json.encode(item))] * count


def details(count: int) -> list[dict[str, Any]]:
    return [{"type": "reasoning.text", "text": "so ", "index": 0}] * count


def streamed_calls(count: int) -> None:
    writer = RESPONSES.writer(Chat(Wire.RESPONSES, ()), tells_usage=True)
    writer.write(Opened("x", "m", 1))
    for number in range(count):
        writer.write(PartBegun(0, number, ToolCall(f"call_{number}", "f", "{}")))


def test_what_a_model_said_in_many_items_is_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    built = Mock(wraps=msgspec.structs.replace)
    monkeypatch.setattr(read_items, "replace", built)
    (message,) = read_items.read_items(reasoning(500), "input")
    assert len(message.parts) == 500
    assert built.call_count == 1
    few, many = (calls(partial(read_items.read_items, reasoning(count), "input")) for count in (200, 400))
    assert many <= 2.1 * few


def test_a_thought_in_many_details_is_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    built = Mock(wraps=msgspec.structs.replace)
    monkeypatch.setattr(msgspec.structs, "replace", built)
    (thought,) = read_thoughts(details(500), None)
    assert thought.text == "so " * 500
    assert built.call_count == 1


def test_a_block_that_only_messages_knows_is_written_once_however_many_pieces_it_comes_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = Mock(wraps=msgspec.json.Encoder().encode)
    monkeypatch.setattr(growing, "_encode", written)
    block = growing.GrowingBlock(msgspec.Raw(b'{"type":"new","said":"a"}'), "new")
    for _ in range(500):
        block.grow({"type": msgspec.Raw(b'"new_delta"'), "said": msgspec.Raw(b'"\\u00e9"')})
    assert msgspec.json.decode(block.whole().raw) == {"type": "new", "said": "a" + "é" * 500}
    assert written.call_count == 2


def test_what_is_no_text_takes_the_place_of_the_pieces_before_it() -> None:
    block = growing.GrowingBlock(msgspec.Raw(b'{"type":"new"}'), "new")
    for said in (b'"a"', b'"b"', b"[1]", b'"c"', b'"d"', b"7", b'"e"'):
        block.grow({"said": msgspec.Raw(said)})
    assert msgspec.json.decode(block.whole().raw) == {"type": "new", "said": "e"}


def test_the_next_of_many_open_calls_begins_without_a_look_at_the_others() -> None:
    few, many = (calls(partial(streamed_calls, count)) for count in (200, 400))
    assert many <= 2.1 * few
