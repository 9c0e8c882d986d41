"""The program, as a pod runs it: started with nothing, drained, ended."""

import asyncio
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from optipath_cli.simulator import Simulator
from support.callers import request
from support.router import Files, Program, chain, program, until

AS_NOBODY = """
import os
import uvicorn.lifespan.off, uvicorn.protocols.http.httptools_impl  # what is loaded late may lie where nobody may read
from optipath_router.main import main
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
main()
"""
"""The program as an image runs it: as somebody who may write nowhere. Where not root runs the tests, that is they."""


@pytest.fixture
def open_files() -> Iterator[Files]:
    """Files in a folder that every user may read, and nobody but root may write."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Files(Path(folder))


@pytest.mark.row("A44")
@pytest.mark.case("F08")
async def test_it_starts_with_nothing_at_all_and_serves_once_there_is_a_snapshot(
    simulator: Simulator, open_files: Files
) -> None:
    async with program(open_files.environment(), ("-c", AS_NOBODY)) as started:
        router = started.router
        assert [(await router.get(path)).status_code for path in ("/livez", "/readyz", "/startupz")] == [200, 200, 503]
        assert (await router.get("/snapshot")).json() == {"digest": None, "generation": None, "age_seconds": None}
        for answer in (await router.ask(), await router.http.get(f"{router.url}/v1/models")):
            assert answer.status_code == 503
            assert answer.json()["error"]["code"] == "config_unavailable"
            assert answer.headers["retry-after"] == "1"
        open_files.put(chain(simulator.url, "ok"))

        async def serves() -> bool:
            return (await router.ask()).status_code == 200

        await until(serves)
        assert (await router.get("/startupz")).status_code == 200
        assert not [line for line in started.log if "exception" in line or line["level"] == "none"]


@pytest.mark.case("F06")
async def test_after_sigterm_streams_finish_and_late_calls_are_served(simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, "drip-20+tokens-60"))
    async with program(files.environment()) as started:
        router = started.router
        opened = await asyncio.gather(*(router.open() for _ in range(20)))
        started.process.send_signal(signal.SIGTERM)
        await until(lambda: logged(started, "draining"))
        late = await router.ask("drip-20+tokens-60", stream=True)
        streams = await asyncio.gather(*map(router.opened, opened))
        code = await started.stopped()
    assert late.status_code == 200
    assert [stream.finished for stream in streams] == [True] * 20
    assert code == 0
    assert not errors(started)


@pytest.mark.case("F07")
@pytest.mark.parametrize("ending", ["the time is up", "a second SIGTERM", "SIGINT"])
async def test_what_is_open_at_the_end_is_told_so(ending: str, simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, "infinite-stream+drip-20"))
    grace = {"OPTIPATH_GRACE_SECONDS": "5.2"} if ending == "the time is up" else {}
    async with program(files.environment(**grace)) as started:
        router = started.router
        opened = await router.open()
        before_its_head = asyncio.create_task(router.ask("infinite-stream+drip-20"))
        await until(lambda: asked_for(simulator, 2))
        started.process.send_signal(signal.SIGINT if ending == "SIGINT" else signal.SIGTERM)
        if ending == "a second SIGTERM":
            await until(lambda: logged(started, "draining"))
            started.process.send_signal(signal.SIGTERM)
        stream, answer = await router.opened(opened), await before_its_head
        code = await started.stopped()
    assert not stream.whole
    assert "shutting down" in stream.chunks[-1]["error"]["message"]
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "all_attempts_failed")
    assert code == 0
    assert not errors(started)
    assert simulator.stats.in_flight == 0


@pytest.mark.case("F07")
async def test_half_a_request_does_not_keep_it_alive(files: Files) -> None:
    async with program(files.environment()) as started:
        address = started.router.bound.api[0]
        _, half = await asyncio.open_connection(address.host, address.port)
        half.write(request("POST", "/v1/chat/completions", b"{", content_length="9"))

        async def being_read() -> bool:
            return await started.router.metric("optipath_requests_in_flight") == 1

        await until(being_read)
        started.process.send_signal(signal.SIGINT)
        code = await started.stopped()
        half.close()
        await half.wait_closed()
    assert code == 0
    assert not [line for line in started.log if "exception" in line or line["level"] == "none"]


async def logged(started: Program, message: str) -> bool:
    return any(line["message"] == message for line in started.log)


async def asked_for(simulator: Simulator, count: int) -> bool:
    return simulator.stats.count == count


def errors(started: Program) -> list[dict[str, object]]:
    """What was logged that should not be."""
    return [line for line in started.log if line["level"] in ("ERROR", "none") or "exception" in line]


async def test_an_address_that_is_taken_ends_it_with_one_line(files: Files) -> None:
    async with program(files.environment()) as first:
        taken = str(first.router.bound.admin[0])
        second = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "optipath_router",
            env=files.environment(OPTIPATH_ADMIN=taken),
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await second.communicate()
    assert second.returncode == 1
    assert said.decode().splitlines()[-1] == f"optipath-router: cannot listen on {taken}: Address already in use"


WITHOUT_DNS = """
import socket, threading
socket.getaddrinfo = lambda *_, **__: threading.Event().wait()
from optipath_router.main import main
main()
"""


async def test_a_look_up_that_hangs_does_not_keep_it_alive(files: Files) -> None:
    files.put(chain("https://nobody-answers.example/v1", "ok"))
    async with program(files.environment(), ("-c", WITHOUT_DNS)) as started:
        asking = asyncio.create_task(started.router.ask())

        async def being_asked() -> bool:
            return await started.router.metric("optipath_requests_in_flight") == 1

        await until(being_asked)
        started.process.send_signal(signal.SIGINT)
        assert await started.stopped() == 0
        assert (await asking).status_code == 503


WITH_A_MISTAKE = """
from optipath_router.main import main
from optipath_router.serving.caller import Caller
Caller.look = lambda *_: 1 / 0
main()
"""


async def test_a_port_that_ends_by_itself_ends_the_program(files: Files) -> None:
    async with program(files.environment(), ("-c", WITH_A_MISTAKE)) as started:
        address = started.router.bound.admin[0]
        _, caller = await asyncio.open_connection(address.host, address.port)
        code = await started.stopped()
        caller.close()
    (told,) = [line for line in started.log if line["level"] == "CRITICAL"]
    assert code == 1
    assert told["message"] == "the admin port ended by itself"
    assert "ZeroDivisionError" in told["exception"]
    assert started.log[-1]["message"].strip() == "optipath-router: the admin port ended by itself"


FOREIGN = (
    "kopf",
    "kubernetes",
    "yaml",
    "rich",
    "click",
    "multiprocessing",
    "openai",
    "hypothesis",
    "optipath_cli",
    "optipath_operator",
)

SHOW_MODULES = """
import asyncio, sys
from optipath_router.server import serve
from optipath_router.settings import Address, Settings
async def main():
    free = (Address("127.0.0.1", 0),)
    started = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(Settings(listen=free, admin=free), started.set_result))
    await started
    serving.cancel()
    await asyncio.wait([serving])
asyncio.run(main())
print(*sorted({name.partition(".")[0] for name, module in sys.modules.items() if module}))
"""


@pytest.mark.row("C28")
async def test_a_started_router_has_loaded_few_libraries() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SHOW_MODULES, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, failed = await process.communicate()
    assert process.returncode == 0, failed.decode()
    loaded = set(said.decode().split())
    assert {"optipath_router", "starlette", "uvicorn"} <= loaded
    assert loaded.isdisjoint(FOREIGN)
