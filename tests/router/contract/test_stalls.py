"""Clause C11 and case F09: no input stalls the loop, be it a rule, a request or an answer.

The simulator runs in a thread of its own, so that the turns of the loop are the router's.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest
from pydantic import ValidationError

from optipath_cli.simulator import Simulator
from optipath_operator.resources import MatchSpec
from optipath_router.watch import SNAPSHOT_FILE
from optipath_snapshot import Snapshot, encode
from support.builders import route
from support.heartbeat import heartbeat
from support.kubelet import Volume
from support.router import Files, Router, chain, running, until

# Clause C11 says 0.1 s. Here a machine may be twice as slow as another one, and what stalls takes seconds.
STALL_SECONDS = 0.25
CATASTROPHE = "(a+)+$"
LONG = "a" * 64 * 1024 + "!"


@pytest.fixture
async def elsewhere() -> AsyncIterator[Simulator]:
    """A simulator whose loop is not ours."""
    entering = Simulator.in_thread()
    simulator = await asyncio.to_thread(entering.__enter__)
    try:
        yield simulator
    finally:
        await asyncio.to_thread(entering.__exit__, None, None, None)


@pytest.mark.case("F09")
def test_a_regular_expression_is_no_pattern_and_is_refused_at_admission() -> None:
    for pattern in (CATASTROPHE, "(a*)*b", "[a-z]+", "a{1,99}", "^a|b$"):
        with pytest.raises(ValidationError, match="models"):
            MatchSpec.model_validate({"models": [pattern]})
    assert MatchSpec.model_validate({"models": ["a*b?c"]}).models == ("a*b?c",)


@pytest.mark.case("F09")
async def test_in_a_hand_made_snapshot_it_is_a_name_like_any_other(elsewhere: Simulator, files: Files) -> None:
    of = chain(elsewhere.url, "ok")
    files.put(of.model_copy(update={"routes": (route("p1/ok", models=[CATASTROPHE, "b" + "*a" * 60 + "*b"]),)}))
    async with running(files.settings()) as router, heartbeat() as heart:
        assert (await router.ask(CATASTROPHE)).status_code == 200
        assert (await router.ask("a" * 250 + "!")).status_code == 404
        assert (await router.ask("b" + "a" * 250)).status_code == 404
        assert (await router.ask(LONG)).status_code == 400
        assert (await router.ask(CATASTROPHE, text=LONG)).status_code == 200
    assert heart.longest < STALL_SECONDS


def with_rules(of: Snapshot, count: int) -> Snapshot:
    """A snapshot with so many rules that do not match before the one that does."""
    others = (route("p1/ok", rule=f"r{number}", models=[f"*{number}-*a*b"]) for number in range(count))
    return of.model_copy(update={"routes": (*others, *of.routes)})


@pytest.mark.case("F09")
async def test_as_many_rules_as_fit_into_a_snapshot_stall_nothing(elsewhere: Simulator, files: Files) -> None:
    of, volume = chain(elsewhere.url, "ok"), Volume(files.root / "snapshot")
    few, too_many, as_many = (
        {SNAPSHOT_FILE: encode(with_rules(of, rules), generation)}
        for generation, rules in enumerate((0, 10_000, 4_000), 1)
    )
    volume.write(few)
    async with running(files.settings()) as router:
        # A snapshot is built in a thread, which may hold the loop up all the same.
        async with heartbeat(time.process_time) as heart:
            # 10,000 are more than a ConfigMap holds, and more than a router reads.
            volume.write(too_many)
            await until(lambda: valid(router, 0))
            assert (await router.ask("auto", text=LONG)).status_code == 200
            volume.write(as_many)
            await until(lambda: in_force(router, 3))
        reloading = heart.longest
        # What is asked first compiles what it asks.
        await router.ask("auto")
        async with heartbeat() as heart:
            served = [await router.ask("auto", text=LONG) for _ in range(10)]
            unknown = [await router.ask("a" * 250 + "!") for _ in range(3)]
        lag = (await router.get("/metrics")).text
        # Of decisions with so many rules only the latest dozen is kept.
        record = await router.decision(served[-1])
    assert [answer.status_code for answer in served + unknown] == [200] * 10 + [404] * 3
    assert len(record["decision"]["rules"]) > 4_000
    assert (reloading < STALL_SECONDS, heart.longest < STALL_SECONDS) == (True, True), (reloading, heart.longest)
    assert re.search(r'^optipath_event_loop_lag_seconds_bucket\{le="0.1"\} [1-9]', lag, re.MULTILINE)


async def valid(router: Router, value: float) -> bool:
    return await router.metric("optipath_snapshot_valid") == value


async def in_force(router: Router, generation: int) -> bool:
    return await router.metric("optipath_snapshot_generation") == generation


FLOODS = {
    "line feeds": "lf-flood-16384",
    "line feeds, byte by byte": "lf-flood-8+byte-drip-0",
    "tiny events": "tokens-20000",
    "tiny events without usage": "tokens-20000+noUsage",
    "a line that is too long": "big-event-4096",
    "lines that only end": "tokens-5000+multiline-data+crlf",
    "a long body": "huge-body-8",
    "many headers": "big-headers-600",
    "a bomb": "gzip-bomb-40",
    "usage with each": "tokens-5000+usage-each",
}


@pytest.mark.case("F09")
@pytest.mark.parametrize("model", FLOODS.values(), ids=FLOODS)
@pytest.mark.parametrize("stream", [False, True])
async def test_no_answer_stalls_the_loop(*, model: str, stream: bool, elsewhere: Simulator, files: Files) -> None:
    elsewhere.map["main"] = model
    files.put(chain(elsewhere.url, "main", "ok-second"))
    async with running(files.settings()) as router, heartbeat() as heart:
        answer = await router.open() if stream else await router.ask()
        assert answer.status_code == 200
        if stream:
            with suppress(httpx.RemoteProtocolError):  # some of them are cut
                async for _ in answer.aiter_raw():
                    pass  # to make sense of it would hold the loop up, too
            await answer.aclose()
    assert heart.longest < STALL_SECONDS


def prompt(content: bytes, **more: bytes) -> bytes:
    """The body of a request with this content, in JSON, and what there is besides."""
    rest = b"".join(b',"%b":%b' % (name.encode(), value) for name, value in more.items())
    return b'{"model":"auto","messages":[{"role":"user","content":%b}]%b}' % (content, rest)


MIB = 2**20
HELLO = b'"Hello"'
PARTS = b"[" + b",".join([b'{"type":"text","text":"a"}'] * 9_000) + b"]"
REQUESTS: dict[str, tuple[bytes, int]] = {
    "a long text": (prompt(b'"%b"' % (b"a" * 16 * MIB)), 200),
    "a long text of escapes": (prompt(b'"%b"' % (rb"\u00e9" * 2 * MIB)), 200),
    "a large picture": (prompt(b'[{"type":"image_url","image_url":{"url":"%b"}}]' % (b"a" * 16 * MIB)), 200),
    "many parts": (prompt(PARTS), 200),
    "ten million messages": (b'{"model":"auto","messages":[%b]}' % b",".join([b"{}"] * 10 * MIB), 413),
    "ten million tools": (prompt(HELLO, tools=b"[%b]" % b",".join([b"{}"] * 10 * MIB)), 413),
    "ten million values of no concern": (prompt(HELLO, x=b"[%b]" % b",".join([b"0"] * 10 * MIB)), 413),
    "half a million messages": (b'{"model":"auto","messages":[%b]}' % b",".join([b"{}"] * 500_000), 400),
    "half a million wishes": (prompt(HELLO, web_search_options=b'{"a":[%b]}' % b",".join([b"{}"] * 490_000)), 200),
    "an abyss": (prompt(HELLO, x=b"[" * MIB), 400),
}


@pytest.mark.case("F09")
@pytest.mark.parametrize(("content", "status"), REQUESTS.values(), ids=REQUESTS)
async def test_no_request_stalls_the_loop(content: bytes, status: int, elsewhere: Simulator, files: Files) -> None:
    files.put(chain(elsewhere.url, "ok"))
    json_ = {"content-type": "application/json"}
    async with running(files.settings()) as router, heartbeat() as heart:
        answer = await router.http.post(f"{router.url}/v1/chat/completions", content=content, headers=json_)
    assert answer.status_code == status
    assert heart.longest < STALL_SECONDS
