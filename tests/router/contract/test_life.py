"""Cases F02, F06, F07 and F08 at the program itself: bad files, its end, and its start beside dead providers."""

import asyncio
import signal
import time
from collections.abc import Callable

import pytest

from optipath_cli.simulator import Simulator
from optipath_router.watch import SNAPSHOT_FILE
from optipath_snapshot import Snapshot, encode
from support.builders import route
from support.kubelet import Volume
from support.router import Files, Program, chain, program, until
from support.soak import SOAKING, many, seconds

CANARY = "canary-in-the-file"


def link_in_a_circle(volume: Volume) -> None:
    """A file that nobody can read, be they root."""
    volume.write({})
    (volume.path / SNAPSHOT_FILE).symlink_to(SNAPSHOT_FILE)


def dangling(of: Snapshot) -> bytes:
    """A route to a target that is not there, in a file that is well made otherwise."""
    return encode(of.model_copy(update={"routes": (route(f"p1/{CANARY}"),)}), 99)


HARMS: dict[str, Callable[[Volume, Snapshot], None]] = {
    "truncated": lambda volume, of: volume.write({SNAPSHOT_FILE: encode(of, 99)[:-40]}),
    "empty": lambda volume, _: volume.write({SNAPSHOT_FILE: b""}),
    "binary": lambda volume, _: volume.write({SNAPSHOT_FILE: b"\x00\xff\xfe" + CANARY.encode()}),
    "deleted": lambda volume, _: volume.write({}),
    "unreadable": lambda volume, _: link_in_a_circle(volume),
    "dangling": lambda volume, of: volume.write({SNAPSHOT_FILE: dangling(of)}),
}


@pytest.mark.case("F02")
async def test_whatever_happens_to_the_file_the_last_good_one_serves_until_there_is_a_better(
    simulator: Simulator, files: Files
) -> None:
    volume, of = Volume(files.root / "snapshot"), chain(simulator.url, "ok")
    volume.write({SNAPSHOT_FILE: encode(of, 1)})
    async with program(files.environment(OPTIPATH_LOG_LEVEL="DEBUG")) as started:
        router = started.router

        async def valid(value: float) -> bool:
            return await router.metric("optipath_snapshot_valid") == value

        for generation, harm in enumerate(HARMS.values(), 2):
            harm(volume, of)
            await until(lambda: valid(0))
            answer = await router.ask()
            assert (answer.status_code, answer.json()["model"]) == (200, "ok")
            assert await router.metric("optipath_snapshot_generation") == generation - 1
            if (volume.path / SNAPSHOT_FILE).is_symlink():
                (volume.path / SNAPSHOT_FILE).unlink()
            volume.write({SNAPSHOT_FILE: encode(of, generation)})
            await until(lambda: valid(1))
            assert await router.metric("optipath_snapshot_generation") == generation
        metrics = (await router.get("/metrics")).text
    warned = [line for line in started.log if line["level"] == "WARNING"]
    assert len(warned) == len(HARMS)
    assert CANARY not in str(started.log) + metrics


@pytest.mark.case("F06")
async def test_after_sigterm_streams_finish_and_an_app_that_calls_on_is_served(
    simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, f"drip-{many(200, 10)}+tokens-100", "ok"))
    async with program(files.environment(OPTIPATH_GRACE_SECONDS="30")) as started:
        router = started.router
        opened = await asyncio.gather(*(router.open() for _ in range(20)))
        streams = asyncio.gather(*map(router.opened, opened))
        started.process.send_signal(signal.SIGTERM)
        until_when, late = time.monotonic() + seconds(5, 0.5), []
        async with asyncio.timeout(30 - 5):
            while time.monotonic() < until_when:
                late.append((await router.ask("ok")).status_code)
                await asyncio.sleep(0.02)
            finished = [stream.finished for stream in await streams]
            code = await started.stopped()
    assert finished == [True] * 20
    assert set(late) == {200}
    assert code == 0
    assert not [line for line in started.log if line["level"] in ("ERROR", "WARNING", "none")]


@pytest.mark.case("F07")
async def test_a_stream_without_end_is_cut_five_seconds_before_the_end_of_the_grace_period(
    simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, "infinite-stream+drip-20"))
    grace = seconds(30, 6)
    async with program(files.environment(OPTIPATH_GRACE_SECONDS=str(grace))) as started:
        router = started.router
        opened = await router.open()
        begun = time.monotonic()
        started.process.send_signal(signal.SIGTERM)
        stream = await router.opened(opened)
        code = await started.stopped()
        took = time.monotonic() - begun
    assert (stream.whole, code) == (False, 0)
    assert "[DONE]" not in stream.events
    assert stream.chunks[-1]["error"]["code"] == "all_attempts_failed"
    assert grace - 5 - 0.1 <= took
    assert took <= grace if SOAKING else took <= grace + 10


@pytest.mark.case("F07")
async def test_after_sigkill_and_a_new_start_nothing_is_counted_twice(simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, "infinite-stream+drip-20", "ok"))
    async with program(files.environment()) as killed:
        before = await killed.router.ask("ok")
        opened = await killed.router.open()
        killed.process.kill()
        stream = await killed.router.opened(opened)
        assert await killed.stopped() == -signal.SIGKILL
    assert not stream.whole
    assert "[DONE]" not in stream.events
    async with program(files.environment()) as started:
        router = started.router
        after = await router.ask("ok")
        record = await router.decision(after)
        forgotten = [
            (await router.http.get(f"{router.url}/optipath/decisions/{answer.headers['x-optipath-decision']}"))
            for answer in (before, stream.answer)
        ]
        requests = sum(
            float(line.rsplit(" ", 1)[1])
            for line in (await router.get("/metrics")).text.splitlines()
            if line.startswith("optipath_requests_total{")
        )
    assert (record["status"], requests) == (200, 1)
    assert [answer.status_code for answer in forgotten] == [404, 404]


@pytest.mark.case("F08")
async def test_it_is_ready_though_no_provider_is_there(files: Files) -> None:
    files.put(chain("http://127.0.0.1:9/v1", "gone"))
    begun = time.monotonic()
    async with program(files.environment()) as started:
        alive = await started.router.get("/livez")
        took = time.monotonic() - begun
        answer = await started.router.ask()
        probes = [(await started.router.get(path)).status_code for path in ("/livez", "/readyz", "/startupz")]
    assert alive.status_code == 200
    assert took < (2 if SOAKING else 20)
    assert probes == [200, 200, 200]
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "all_attempts_failed")
    assert answer.headers["x-should-retry"] == "false"
    assert not errors(started)


def errors(started: Program) -> list[dict[str, object]]:
    """What was logged that should not be."""
    return [line for line in started.log if line["level"] in ("ERROR", "none") or "exception" in line]
