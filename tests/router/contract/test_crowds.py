"""Very many callers at once, some of whom leave: X10, row D05, and what is left behind."""

import asyncio
import random
import re
from collections import Counter

import httpx
import pytest

from optipath_cli.simulator import Simulator
from optipath_router.settings import Address
from optipath_snapshot import Snapshot
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.callers import request
from support.figures import figures
from support.requests import body
from support.router import Files, Router, chain, client, running, until
from support.soak import many

MIX = {
    "plain": "ok",
    "slow": "slow-20ms",
    "dripping": "drip-5",
    "second": "ok",
    "failing": "e500",
    "breaking": "error-in-stream-0",
    "cut": "tokens-20+close-after-12",
}
PERMITS = many(400, 64)
"""How much the one provider may have under way."""
NONCE = re.compile(rb"nonce-[\w-]+")
LAST_CHUNK = b"data: [DONE]\n\n\r\n0\r\n\r\n"


def mixed(simulator: Simulator) -> Snapshot:
    """A route to each kind with a good one behind it, all at one provider that bounds how much it takes at once."""
    rules = [route(f"acme/{kind}", "acme/second", rule=kind, models=[kind]) for kind in MIX if kind != "second"]
    providers = [provider("acme", url=simulator.url, max_concurrent=PERMITS)]
    targets = [target(f"acme/{kind}") for kind in MIX]
    return snapshot(*rules, targets=targets, providers=providers, egress=LOOPBACK)


async def call(address: Address, number: int, chance: random.Random) -> str:
    """What became of one call: a whole answer or one that was cut, that it failed, or that its caller left.

    Whatever it was, no nonce but its own was in it.
    """
    nonce = f"nonce-{number}-{chance.randrange(10**9)}"
    kind, streams = chance.choice([kind for kind in MIX if kind != "second"]), chance.random() < 0.5
    asked = request(target="/v1/chat/completions", body=body(kind, nonce, stream=streams), connection="close")
    received = b""
    # Raw, for httpx's pool loses connections of requests that are cancelled at a bad moment.
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        writer.write(asked)
        async with asyncio.timeout(chance.random() * 0.05 if chance.random() < 0.2 else None):
            while piece := await reader.read(2**16):
                received += piece
    except TimeoutError:
        assert all(nonce.encode().startswith(said) for said in NONCE.findall(received)), "the last may be cut short"
        return "left"
    finally:
        writer.transport.abort()
    said = NONCE.findall(received)
    if not received.startswith(b"HTTP/1.1 200 "):
        assert said == []
        return "failed"
    assert said == [nonce.encode()]
    return "whole" if not streams or received.endswith(LAST_CHUNK) else "cut"


@pytest.mark.case("X10")
async def test_calls_at_once_mix_nothing_and_leave_nothing_behind(simulator: Simulator, files: Files) -> None:
    simulator.map |= MIX
    files.put(mixed(simulator))
    chance = random.Random(20261121)
    calls, at_once = many(10_000, 1_000), asyncio.Semaphore(many(500, 100))
    async with running(files.settings()) as router:
        before = tasks()

        async def one(number: int) -> str:
            async with at_once:
                return await call(router.bound.api[0], number, random.Random(chance.random()))

        ended = Counter(await asyncio.gather(*map(one, range(calls))))

        async def quiet() -> bool:
            idle = await router.metric("optipath_requests_in_flight") == 0
            return idle and not simulator.stats.in_flight and tasks() <= before

        await until(quiet)
        told = await figures(router)
        assert len(simulator._connections) <= PERMITS
        assert ended.keys() >= {"whole", "cut", "left"}
        assert ended["whole"] > calls / 3
        assert ended["left"] > calls / 20
        # One record for each that was admitted; who leaves early enough has asked nothing.
        assert calls - ended["left"] <= told.total("optipath_requests_total") <= calls
        assert told.total("optipath_attempts_total") >= simulator.stats.count
        # No permit is lost and none too many: so much may be under way, and not one more.
        simulator.map["slow"] = "infinite-stream+drip-200"
        opened = await asyncio.gather(*(router.open("slow") for _ in range(PERMITS)))
        assert simulator.stats.in_flight == PERMITS
        assert (await router.ask("second")).json()["error"]["code"] == "rate_limited"
        for stream in opened:
            await stream.aclose()
        await until(quiet)


def tasks() -> Counter[str]:
    """What is under way in this loop, by what it does; but for the simulator's connections, which are kept."""
    names = (getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks())
    return Counter(name for name in names if name != "Connection._serve")


@pytest.mark.row("D05")
async def test_two_hundred_streams_stand_in_nobodys_way(simulator: Simulator, files: Files) -> None:
    streams = 200
    simulator.map["main"] = "infinite-stream+drip-200"
    files.put(chain(simulator.url, "main", "second"))
    async with running(files.settings()) as router, client() as crowd:
        theirs = Router(router.bound, crowd)
        opened = await asyncio.gather(*(theirs.open(text=f"nonce-{number}") for number in range(streams)))
        plain = [await router.ask("second") for _ in range(20)]
        assert simulator.stats.in_flight == streams, "each of them has begun, and none has ended"
        told = await figures(router)
        heard = await asyncio.gather(*map(until_nonce, opened))
        for stream in opened:
            await stream.aclose()

        async def quiet() -> bool:
            return not simulator.stats.in_flight

        await until(quiet)
    assert {answer.status_code for answer in plain} == {200}
    assert heard == [f"nonce-{number}" for number in range(streams)]
    assert told.total("optipath_overhead_seconds_bucket", le="0.25") >= 19, "of the plain calls beside them"


async def until_nonce(stream: httpx.Response) -> str:
    """The nonce that a stream says."""
    said = ""
    async for line in stream.aiter_lines():
        said += line
        if "nonce-" in said:
            return said.rpartition('"content":"')[2].partition(" ")[0]
    raise AssertionError(f"it ended: {said}")
