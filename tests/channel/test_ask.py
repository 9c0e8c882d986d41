"""Asking one router over the wire: bounded in time and bytes, and led nowhere else."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from optipath_operator.channel.answer import AT_MOST_BYTES
from optipath_operator.channel.ask import Asker, Heard, Outcome

DIGEST = "sha256:" + "0" * 64
GOOD = json.dumps({"digest": DIGEST, "age_seconds": 1, "uptime_seconds": 2}).encode()

Pod = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def says(body: bytes, status: str = "200 OK", *headers: str) -> Pod:
    """A pod that answers so, whatever it is asked."""

    async def pod(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""))
        writer.write(head.encode() + body)
        await writer.drain()

    return pod


async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A pod that says one byte now and then."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A pod that closes the connection."""


async def says_no_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A pod of another protocol."""
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n" * 10)
    await writer.drain()


async def says_without_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A pod that never stops."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


@asynccontextmanager
async def served(pod: Pod) -> AsyncIterator[int]:
    """A port of 127.0.0.1 behind which there is this pod."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await pod(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.sleep(0)


async def heard(port: int, address: str = "127.0.0.1", *, seconds: float = 5.0) -> Heard:
    asker = Asker(at_once=2, port=port, seconds=seconds)
    try:
        return await asker(address, "token")
    finally:
        await asker.close()


async def test_a_router_is_asked_with_the_token_and_its_answer_read() -> None:
    asked: list[bytes] = []

    async def pod(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(GOOD), GOOD))

    async with served(pod) as port:
        found = await heard(port)
    assert found.outcome is Outcome.ANSWERED
    assert found.answer is not None
    assert found.answer.digest == DIGEST
    assert asked[0].startswith(b"GET /status HTTP/1.1\r\n")
    assert b"Authorization: Bearer token\r\n" in asked[0]


PODS: dict[str, tuple[Pod, Outcome]] = {
    "another token": (says(b"unauthorized", "401 Unauthorized"), Outcome.REFUSED),
    "a release without /status": (says(b"", "404 Not Found"), Outcome.REFUSED),
    "a page": (says(b"<html>"), Outcome.NONSENSE),
    "a failure": (says(GOOD, "500 Internal Server Error"), Outcome.NONSENSE),
    "far too much": (says(b" " * (AT_MOST_BYTES + 1)), Outcome.NONSENSE),
    "no end": (says_without_end, Outcome.NONSENSE),
    "compressed": (says(gzip.compress(GOOD), "200 OK", "Content-Encoding: gzip"), Outcome.NONSENSE),
    "a bomb": (says(gzip.compress(b" " * 10**8), "200 OK", "Content-Encoding: gzip"), Outcome.NONSENSE),
    "no HTTP": (says_no_http, Outcome.NONSENSE),
    "endless headers": (says(GOOD, "200 OK", "X-More: " + "x" * 100_000), Outcome.NONSENSE),
    "hangs up": (hangs_up, Outcome.UNREACHABLE),
}


@pytest.mark.parametrize(("pod", "outcome"), PODS.values(), ids=PODS)
async def test_what_came_of_it_in_one_word(pod: Pod, outcome: Outcome) -> None:
    async with served(pod) as port:
        assert await heard(port) == Heard(outcome)


async def test_it_is_led_nowhere_else() -> None:
    visited: list[bytes] = []

    async def metadata(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visited.append(await reader.readuntil(b"\r\n\r\n"))

    async with (
        served(metadata) as other,
        served(says(b"", "302 Found", f"Location: http://127.0.0.1:{other}/latest/meta-data")) as port,
    ):
        assert (await heard(port)).outcome is Outcome.NONSENSE
    assert visited == []


async def test_no_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(says(GOOD)) as port:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        assert (await heard(port)).outcome is Outcome.ANSWERED


async def test_one_that_drips_is_given_up() -> None:
    async with served(drips) as port:
        assert (await heard(port, seconds=0.2)).outcome is Outcome.SILENT


async def test_nobody_listens() -> None:
    async with served(hangs_up) as port:
        pass
    assert (await heard(port)).outcome is Outcome.UNREACHABLE


@pytest.mark.parametrize("address", ["", "localhost", "169.254.169.254/x", "[::1]", "10.0.0.1@evil.example"])
async def test_what_is_no_address_is_not_asked(address: str) -> None:
    assert (await heard(1, address)).outcome is Outcome.UNREACHABLE


async def test_ipv6_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asker, urls = Asker(at_once=1, port=7081), []

    async def asked(url: str, token: str) -> Heard:
        urls.append(url)
        return Heard(Outcome.SILENT)

    monkeypatch.setattr(asker, "_asked", asked)
    await asker("fd00::7", "token")
    await asker.close()
    assert urls == ["http://[fd00::7]:7081/status"]
