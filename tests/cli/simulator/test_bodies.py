"""Answers in one piece that are not what they should be."""

import gzip
import json

import httpx
import pytest

from cli.simulator.caller import CHATS, ask
from optipath_cli.simulator import Simulator


async def answered(http: httpx.AsyncClient, model: str) -> bytes:
    """The body of a plain answer."""
    reply = await http.post(CHATS, json={"model": model, "messages": []})
    assert reply.status_code == 200
    return reply.content


@pytest.mark.parametrize(("model", "body"), [("empty", b""), ("null", b"null")], ids=["nothing at all", "null"])
async def test_a_success_can_say_nothing(simulator: Simulator, model: str, body: bytes) -> None:
    head, said = await ask(simulator, model)
    assert head.startswith(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
    assert said == body
    assert simulator.stats.models[model].completion_tokens == 0


async def test_json_can_stop_half_way(http: httpx.AsyncClient) -> None:
    said = await answered(http, "badjson")
    assert said.startswith(b'{"id":"chatcmpl-')
    with pytest.raises(json.JSONDecodeError):
        json.loads(said)


async def test_a_text_can_stand_where_choices_belong(http: httpx.AsyncClient) -> None:
    assert json.loads(await answered(http, "wrong-type"))["choices"] == "none"


async def test_a_name_can_stand_twice(http: httpx.AsyncClient) -> None:
    said = await answered(http, "double-key")
    names = [name for name, _ in json.loads(said, object_pairs_hook=list)]
    assert names.count("choices") == 2
    assert said.startswith(b'{"choices":[],')


@pytest.mark.parametrize(("model", "first"), [("bom", b"\xef\xbb\xbf"), ("lf-flood-3", b"\n" * 3072)])
async def test_other_bytes_can_come_first(http: httpx.AsyncClient, model: str, first: bytes) -> None:
    said = await answered(http, model)
    assert said.startswith(first + b"{")
    assert json.loads(said[len(first) :])["model"] == model


@pytest.mark.parametrize("model", ["null", "double-key", "wrong-type"])
async def test_events_have_the_same_defects(http: httpx.AsyncClient, model: str) -> None:
    reply = await http.post(CHATS, json={"model": model, "messages": [], "stream": True})
    first = reply.content.split(b"\n\n")[0].removeprefix(b"data: ")
    expected = {"null": b"null", "double-key": b'{"choices":[],"id"', "wrong-type": b'"choices":"none"'}
    assert expected[model] in first
    assert reply.content.endswith(b"data: [DONE]\n\n")


async def test_an_answer_can_be_huge(simulator: Simulator) -> None:
    head, body = await ask(simulator, "huge-body-3")
    assert b"content-length: %d" % len(body) in head
    assert json.loads(body)["choices"][0]["message"]["content"] == "x" * 3 * 2**20
    assert simulator.stats.replies[0].bytes_sent == len(body)


@pytest.mark.parametrize("streams", [False, True])
async def test_a_bomb_is_small_until_it_is_opened(
    simulator: Simulator, http: httpx.AsyncClient, *, streams: bool
) -> None:
    sent = {"model": "gzip-bomb-8", "messages": [], "stream": streams}
    async with http.stream("POST", CHATS, json=sent) as reply:
        assert reply.headers["content-encoding"] == "gzip"
        packed = b"".join([piece async for piece in reply.aiter_raw()])
    assert len(packed) == simulator.stats.bytes_sent < 2**17
    assert len(gzip.decompress(packed)) > 8 * 2**20


async def test_an_answer_can_be_compressed_unasked(simulator: Simulator, http: httpx.AsyncClient) -> None:
    head, _ = await ask(simulator, "gzip")
    assert b"content-encoding: gzip" in head
    assert json.loads(await answered(http, "gzip"))["model"] == "gzip"
