"""Reloading and rotating while requests fly, in a router that really serves."""

import asyncio
import sys
import time
from collections import Counter
from contextlib import suppress

import pytest

from optipath_cli.simulator import Simulator
from optipath_cli.simulator.request import fingerprint
from optipath_router.watch import SNAPSHOT_FILE
from optipath_snapshot import PolicyRef, Snapshot, encode
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.kubelet import Volume
from support.router import Files, Router, Stream, chain, running, until
from support.soak import many

SWAPS = 50
STREAMS = 20
REQUESTS_A_SECOND = many(100, 50)


def version(generation: int, url: str) -> Snapshot:
    """A policy whose generation and served model say the same."""
    rule = route(f"acme/m{generation}", models=["auto"])
    rule = rule.model_copy(update={"policy": PolicyRef(namespace="team-a", name="policy", generation=generation)})
    return snapshot(rule, providers=[provider("acme", url=url)], egress=LOOPBACK)


@pytest.mark.row("A16", "C27")
@pytest.mark.case("F01")
async def test_fifty_swaps_under_load_lose_nothing_and_mix_nothing(
    simulator: Simulator, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    volume = Volume(files.root / "snapshot")

    def swap(generation: int) -> None:
        simulator.map[f"m{generation}"] = "ok"
        volume.write({SNAPSHOT_FILE: encode(version(generation, simulator.url), generation)})

    simulator.map["m1"] = "drip-100+tokens-90"
    volume.write({SNAPSHOT_FILE: encode(version(1, simulator.url), 1)})
    answers: list[tuple[int, str, str]] = []
    in_effect: list[float] = []

    async def one(router: Router) -> None:
        answer = await router.ask()
        told = answer.headers["x-optipath-policy"], answer.headers["x-optipath-model"]
        answers.append((answer.status_code, *told))
        assert answer.json()["model"] == answer.headers["x-optipath-model"]

    async def load(router: Router, calls: list[asyncio.Task[None]]) -> None:
        while True:
            calls.append(asyncio.create_task(one(router)))
            await asyncio.sleep(1 / REQUESTS_A_SECOND)

    async with running(files.settings()) as router:
        opened = await asyncio.gather(*(router.open() for _ in range(STREAMS)))
        streams = [asyncio.create_task(router.opened(answer)) for answer in opened]
        calls: list[asyncio.Task[None]] = []
        loading = asyncio.create_task(load(router, calls))
        for generation in range(2, SWAPS + 2):
            swap(generation)
            swapped = time.monotonic()

            async def in_force(wanted: int = generation) -> bool:
                return bool((await router.get("/snapshot")).json()["generation"] == wanted)

            await until(in_force)
            in_effect.append(time.monotonic() - swapped)
        loading.cancel()
        with suppress(asyncio.CancelledError):
            await loading
        await asyncio.gather(*calls)
        ended: list[Stream] = await asyncio.gather(*streams)
    figures = (
        f"{len(answers)} requests, {STREAMS} streams, {SWAPS} swaps; in effect after at most {max(in_effect):.3f} s"
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{figures}\n")
    assert Counter(status for status, _, _ in answers) == {200: len(answers)}
    assert all(stream.finished for stream in ended)
    assert {policy.removeprefix("team-a/policy@") == model.removeprefix("m") for _, policy, model in answers} == {True}
    assert len({model for _, _, model in answers}) > SWAPS / 2
    assert max(in_effect) < 5


@pytest.mark.case("F01")
async def test_connections_to_a_kept_origin_are_kept_and_others_closed(files: Files) -> None:
    async with Simulator() as kept, Simulator() as gone:
        both = [provider("acme", url=kept.url), provider("old", url=gone.url)]
        targets = [target("acme/ok"), target("old/drip-20+tokens-40")]
        files.put(snapshot(targets=targets, providers=both, egress=LOOPBACK))
        async with running(files.settings()) as router:
            await router.ask("ok")
            [connection] = kept._connections
            stream = await router.open("drip-20+tokens-40")
            files.put(snapshot(targets=targets[:1], providers=both[:1], egress=LOOPBACK), 2)

            async def in_force() -> bool:
                return bool((await router.get("/snapshot")).json()["generation"] == 2)

            await until(in_force)
            await router.ask("ok")
            assert kept._connections == {connection}
            assert len(gone._connections) == 1
            assert (await router.opened(stream)).finished

            async def closed() -> bool:
                return not gone._connections

            await until(closed)


@pytest.mark.row("B11")
@pytest.mark.case("F04")
async def test_a_key_is_rotated_while_requests_fly(
    simulator: Simulator, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = Volume(files.root / "credentials")
    old, new = b"sk-canary-old", b"  sk-canary-new\n"
    secret.write({"acme": old, "acme.hosts": b"127.0.0.1"})
    first, second = chain(simulator.url, "main", "second", keys=("acme",)).providers
    free = second.model_copy(update={"keys": ()})
    files.put(chain(simulator.url, "main", "second").model_copy(update={"providers": (first, free)}))
    statuses: Counter[int] = Counter()

    async def flying(router: Router) -> None:
        while True:
            statuses[(await router.ask()).status_code] += 1

    async with running(files.settings()) as router:
        await router.ask()
        simulator.map["main"] = "auth-requires-sk-canary-new"
        load = [asyncio.create_task(flying(router)) for _ in range(4)]

        async def hidden() -> bool:
            return simulator.stats.models["main"].statuses[401] > 0

        await until(hidden)
        secret.write({"acme": new, "acme.hosts": b"127.0.0.1"})
        rotated = time.monotonic()

        async def used() -> bool:
            return simulator.stats.keys[fingerprint("sk-canary-new")] > 0

        await until(used)
        took = time.monotonic() - rotated
        in_flight = simulator.stats.in_flight
        before = simulator.stats.keys[fingerprint("sk-canary-old")]

        async def many_more() -> bool:
            return simulator.stats.keys[fingerprint("sk-canary-new")] > 50

        await until(many_more)
        for task in load:
            task.cancel()
        await asyncio.gather(*load, return_exceptions=True)
        metrics = (await router.get("/metrics")).text
    with capsys.disabled():
        sys.stdout.write(f"\nthe new key was used {took:.3f} s after the file had changed\n")
    assert took < 5
    assert set(statuses) == {200}
    assert simulator.stats.keys[fingerprint("sk-canary-old")] <= before + in_flight
    assert set(simulator.stats.keys) == {fingerprint("sk-canary-old"), fingerprint("sk-canary-new")}
    assert "canary" not in metrics
