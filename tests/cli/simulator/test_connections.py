"""Framing and connections, byte by byte."""

import asyncio
import json
import select
import socket
import ssl
from typing import get_args

import httpx
import pytest

from cli.simulator.caller import CHATS, ask, chat, connected, raw, whole
from optipath_cli.simulator import Outcome, Simulator
from optipath_cli.simulator.tls import Certificate


async def test_an_answer_in_one_piece_can_come_in_chunks(simulator: Simulator) -> None:
    head, body = await ask(simulator, "chunked-body")
    assert b"transfer-encoding: chunked" in head
    assert b"content-length" not in head
    assert body.endswith(b"\r\n0\r\n\r\n")
    size, _, rest = body.partition(b"\r\n")
    assert rest[int(size, 16) :].startswith(b"\r\n")
    assert int(size, 16) < len(body) / 2


async def test_chunks_can_have_extensions(simulator: Simulator) -> None:
    _, body = await ask(simulator, "chunk-extensions", stream=True)
    assert b';place=1;note="a; quoted"\r\ndata: ' in body
    assert body.endswith(b"\r\n0\r\n\r\n")


async def test_headers_can_come_behind_the_body(simulator: Simulator) -> None:
    for streams in (False, True):
        head, body = await ask(simulator, "trailers", stream=streams)
        assert b"trailer: x-checksum, x-usage" in head
        assert body.endswith(b"\r\n0\r\nx-checksum: simulated\r\nx-usage: simulated\r\n\r\n")


async def test_a_body_can_last_until_the_connection_closes(simulator: Simulator) -> None:
    async with connected(simulator) as (reader, writer):
        writer.write(raw("close-delimited"))
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert b"content-length" not in head
    assert b"transfer-encoding" not in head
    assert b"connection: close" in head
    assert json.loads(body)["model"] == "close-delimited"


async def test_lengths_can_contradict_each_other(simulator: Simulator) -> None:
    head, body = await ask(simulator, "both-lengths")
    assert b"content-length: 7\r\ntransfer-encoding: chunked" in head
    assert body.endswith(b"\r\n0\r\n\r\n")
    head, body = await ask(simulator, "two-lengths")
    assert b"content-length: 7\r\ncontent-length: %d" % len(body) in head


async def test_other_heads_can_come_before_the_answers(simulator: Simulator) -> None:
    head, rest = await ask(simulator, "1xx")
    assert head == b"HTTP/1.1 102 Processing"
    assert rest.startswith(b"HTTP/1.1 103 Early Hints\r\nlink: </hint>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\n")


async def test_an_answer_can_be_followed_by_one_that_nobody_asked_for(simulator: Simulator) -> None:
    async with connected(simulator) as (reader, writer):
        writer.write(raw("two-answers"))
        models = []
        for _ in range(2):
            head, body = await whole(reader)
            assert head.startswith(b"HTTP/1.1 200 OK\r\n")
            models.append(json.loads(body)["model"])
        assert models == ["two-answers", "unasked-for"]
        writer.write(raw("ok"))
        assert (await reader.readline()) == b"HTTP/1.1 200 OK\r\n"


async def test_a_head_can_be_big(simulator: Simulator) -> None:
    head, body = await ask(simulator, "big-headers-40")
    assert 40_000 < len(head) < 42_000
    assert json.loads(body)["model"] == "big-headers-40"


async def test_headers_can_say_what_is_nobodys_business(simulator: Simulator) -> None:
    head, _ = await ask(simulator, "hop-headers")
    lines = head.decode().split("\r\n")
    assert sum(line.startswith("set-cookie: ") for line in lines) == 2
    assert {"connection: x-internal", "x-internal: internal-simulated", "via: 1.1 simulated-proxy"} <= set(lines)
    assert {"openai-organization: org-simulated", "server: simulated"} <= set(lines)


@pytest.mark.parametrize(
    ("model", "read"), [("disconnect-at-head", b"HTTP/1.1 200 OK\r\ncontent-ty"), ("no-answer", b"")]
)
async def test_a_connection_can_end_at_the_head(simulator: Simulator, model: str, read: bytes) -> None:
    async with connected(simulator) as (reader, writer):
        writer.write(raw(model))
        assert await reader.read() == read


async def test_a_connection_can_be_reset_at_the_head(simulator: Simulator) -> None:
    async with connected(simulator) as (reader, writer):
        writer.write(raw("no-answer-rst"))
        with pytest.raises(ConnectionResetError):
            await reader.read()


@pytest.mark.parametrize("model", ["keepalive-race", "keepalive-race-rst"])
async def test_a_connection_serves_one_request_and_ends_on_the_next(simulator: Simulator, model: str) -> None:
    for _ in range(2):
        async with connected(simulator) as (reader, writer):
            writer.write(raw(model))
            head, _ = await whole(reader)
            assert head.startswith(b"HTTP/1.1 200 OK\r\n")
            assert b"connection:" not in head
            writer.write(raw(model))
            if model.endswith("rst"):
                with pytest.raises(ConnectionResetError):
                    await reader.read()
            else:
                assert await reader.read() == b""
    stats = simulator.stats
    assert (stats.count, stats.connections, stats.reused) == (4, 2, 2)
    assert stats.models[model].statuses == {200: 2}
    assert [(arrival.connection - stats.arrivals[0].connection, arrival.place) for arrival in stats.arrivals][:2] == [
        (0, 1),
        (0, 2),
    ]


async def test_a_connection_can_close_unannounced(simulator: Simulator) -> None:
    async with connected(simulator) as (reader, writer):
        writer.write(raw("idle-close"))
        head, body = await whole(reader)
        assert b"connection:" not in head
        assert json.loads(body)["model"] == "idle-close"
        assert await reader.read() == b""


async def test_more_than_so_many_at_once_are_refused(
    simulator: Simulator, http: httpx.AsyncClient, outcomes: asyncio.Queue[Outcome]
) -> None:
    simulator.map["m"] = "concurrency-2+stall-after-0"
    sent = chat("m", stream=True)
    async with http.stream("POST", CHATS, json=sent) as first, http.stream("POST", CHATS, json=sent) as second:
        assert (first.status_code, second.status_code) == (200, 200)
        refused = await http.post(CHATS, json=sent)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        assert simulator.stats.max_in_flight == 3
    left = [(await outcomes.get()).left for _ in range(3)]
    assert left == [None, "in-stream", "in-stream"]
    async with http.stream("POST", CHATS, json=sent) as again:
        assert again.status_code == 200


VERDICTS = {
    "good": None,
    "expired": "certificate has expired",
    "early": "certificate is not yet valid",
    "wrong-name": "certificate is not valid for '127.0.0.1'",
    "unknown-ca": "unable to get local issuer certificate",
}


@pytest.mark.parametrize("certificate", get_args(Certificate))
async def test_a_certificate_is_good_or_has_one_thing_wrong(certificate: Certificate) -> None:
    async with Simulator(tls=certificate) as simulator:
        trust = ssl.create_default_context(cadata=simulator.authority)
        trust.verify_flags |= ssl.VERIFY_X509_STRICT
        async with httpx.AsyncClient(verify=trust, trust_env=False) as http:
            if (verdict := VERDICTS[certificate]) is None:
                assert (await http.get(f"{simulator.url}/models")).status_code == 200
            else:
                with pytest.raises(httpx.ConnectError, match=verdict):
                    await http.get(f"{simulator.url}/models")
        assert simulator.stats.count == (verdict is None)


@pytest.mark.parametrize(("model", "error"), [("cut", httpx.RemoteProtocolError), ("reset", httpx.ReadError)])
async def test_faults_work_behind_tls_too(model: str, error: type[httpx.HTTPError]) -> None:
    async with Simulator(tls="good") as simulator:
        trust = ssl.create_default_context(cadata=simulator.authority)
        async with httpx.AsyncClient(verify=trust, trust_env=False) as http:
            assert (await http.post(f"{simulator.url}/chat/completions", json=chat("huge-body-1"))).status_code == 200
            with pytest.raises(error):
                await http.post(f"{simulator.url}/chat/completions", json=chat(model))


async def test_a_handshake_can_stall() -> None:
    async with Simulator(tls="stalled") as simulator:
        reader, writer = await asyncio.open_connection(simulator.host, simulator.port)
        # As a client of TLS begins: a handshake record of 64 bytes.
        writer.write(b"\x16\x03\x01\x00\x40" + bytes(64))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await reader.read()
    writer.close()


async def test_plain_http_can_be_spoken_where_tls_is_expected() -> None:
    async with Simulator(tls="plain") as simulator, httpx.AsyncClient(trust_env=False) as http:
        assert simulator.url.startswith("https://")
        with pytest.raises(httpx.ConnectError):
            await http.get(f"{simulator.url}/models")
        assert simulator.stats.count == 0


async def test_connects_hang_at_a_blackhole() -> None:
    async with Simulator(blackhole_port=0) as simulator:
        for port, connects in {simulator.port: True, simulator.blackhole_port: False}.items():
            with socket.socket() as caller:
                caller.settimeout(0)
                caller.connect_ex((simulator.host, port))
                # On one machine a handshake is over when the call returns, if it is answered at all.
                assert bool(select.select([], [caller], [], 0)[1]) is connects
