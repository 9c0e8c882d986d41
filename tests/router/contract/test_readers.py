"""Case D04: one caller who reads nothing costs the others nothing, and the router little."""

import asyncio
import socket
from collections import Counter
from pathlib import Path

import pytest

from optipath_cli.simulator import Simulator
from support.callers import Connection, request
from support.hurried import hurried
from support.requests import body
from support.router import Files, Program, Router, chain, program, until
from support.soak import SOAKING, many

MIB = 2**20
FLOOD = "flood-200"


@pytest.mark.case("D04")
async def test_who_reads_nothing_holds_the_provider_back_and_nobody_else_and_is_cut(
    simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, FLOOD, "drip-5"))
    async with program(files.environment(), hurried(1 if SOAKING else 20)) as started:
        router = started.router
        await fifty_streams(router)
        before = resident_bytes(started)
        stuck = await reads_nothing(router)
        await stands_still(simulator)
        grown = resident_bytes(started) - before
        for _ in range(many(100, 1)):
            await fifty_streams(router)
        flooded = {reply.arrival.model: reply for reply in simulator.stats.replies}
        assert FLOOD not in flooded or flooded[FLOOD].left

        async def cut() -> bool:
            return 'optipath_turned_away_total{reason="slow_reader"} 1.0' in (await router.get("/metrics")).text

        await until(cut)
        await until(lambda: told_of(simulator))
        stuck.writer.close()
        assert (await router.ask("drip-5")).status_code == 200
    (left,) = simulator.stats.disconnects
    assert (left.model, left.phase) == (FLOOD, "in-stream")
    (flood,) = (reply for reply in simulator.stats.replies if reply.arrival.model == FLOOD)
    assert 0 < flood.bytes_sent <= 16 * MIB
    assert grown <= 8 * MIB
    assert not [line for line in started.log if line["level"] in ("ERROR", "none")]


@pytest.mark.case("D04")
async def test_little_is_on_its_way_to_who_reads_nothing(simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, FLOOD, "drip-5"))
    async with program(files.environment()) as started:
        stuck = await reads_nothing(started.router)
        await stands_still(simulator)
        # What the kernel has taken from the router outlives it.
        started.process.kill()
        on_its_way = await stuck.reader.read()
        stuck.writer.close()
    assert 0 < len(on_its_way) <= MIB // 2


async def stands_still(simulator: Simulator) -> None:
    """Return once a flood has begun, and nobody takes any more of it."""
    sent = -1

    async def stopped() -> bool:
        nonlocal sent
        before, sent = sent, simulator.stats.bytes_sent
        return 0 < sent == before

    await until(stopped)


async def told_of(simulator: Simulator) -> bool:
    return bool(simulator.stats.disconnects)


async def fifty_streams(router: Router) -> None:
    """Fifty streams at once, all of which finish."""
    streams = await asyncio.gather(*(router.stream("drip-5") for _ in range(50)))
    assert Counter(stream.finished for stream in streams) == {True: 50}


async def reads_nothing(router: Router) -> Connection:
    """A caller with a small buffer, who asks for a flood and reads nothing of it."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.settimeout(0)
    address = router.bound.api[0]
    await asyncio.get_running_loop().sock_connect(raw, (address.host, address.port))
    reader, writer = await asyncio.open_connection(sock=raw, limit=1)
    connection = Connection(reader, writer)
    await connection.send(request(target="/v1/chat/completions", body=body("auto", stream=True)))
    return connection


def resident_bytes(started: Program) -> int:
    """What a router holds of the machine's memory."""
    return int(Path(f"/proc/{started.process.pid}/statm").read_text().split()[1]) * 4096
