"""A whole router under too many callers, and what it shows of its providers."""

import asyncio
import re
from collections import Counter

import pytest

from optipath_cli.simulator import Simulator
from support.router import Files, Router, asked, chain, program, running, until

RAW_LIMIT = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128)); "
PROGRAM = "from optipath_router.main import main; main()"


@pytest.mark.case("D07")
async def test_with_few_files_it_sheds_connections_and_keeps_streams_and_recovers(
    simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, "drip-20+tokens-50"))
    async with program(files.environment(), ("-c", RAW_LIMIT + PROGRAM)) as started:
        router = started.router
        streams = [await router.open() for _ in range(5)]
        callers = await asyncio.gather(*(connect(router) for _ in range(300)))
        finished = await asyncio.gather(*map(router.opened, streams))
        for _, writer in callers:
            writer.close()

        async def serves() -> bool:
            return (await router.http.get(f"{router.url}/v1/models")).status_code == 200

        await until(serves)
        assert (await router.get("/livez")).status_code == 200
        refused = await turned_away(router)
    assert [stream.finished for stream in finished] == [True] * 5
    assert 200 < refused["overloaded"] < 300
    warned = [line for line in started.log if line["level"] != "INFO"]
    assert [line["message"] for line in warned] == ["callers were turned away"] * len(warned)
    assert len(warned) <= 2


async def connect(router: Router) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    address = router.bound.api[0]
    return await asyncio.open_connection(address.host, address.port)


async def turned_away(router: Router) -> Counter[str]:
    """How many callers were turned away, by reason."""
    found = re.findall(
        r'^optipath_turned_away_total\{reason="(\w+)"\} ([\d.]+)', (await router.get("/metrics")).text, re.MULTILINE
    )
    return Counter({reason: int(float(count)) for reason, count in found})


@pytest.mark.case("D08")
async def test_at_four_times_its_limit_it_serves_as_many_as_it_may_and_refuses_the_rest(
    simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, "drip-20+tokens-10"))
    async with running(files.settings(max_in_flight=8)) as router:
        answers = await asyncio.gather(*(router.ask() for _ in range(32)))
        assert (await router.ask()).status_code == 200
    assert Counter(answer.status_code for answer in answers) == {200: 8, 503: 24}
    assert {answer.headers["retry-after"] for answer in answers if answer.status_code == 503} == {"1"}
    assert simulator.stats.max_in_flight == 8
    assert simulator.stats.count == 9


@pytest.mark.case("T07")
@pytest.mark.parametrize("stream", [False, True])
async def test_nothing_of_the_providers_own_reaches_the_caller(
    *, stream: bool, simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, "hop-headers"))
    async with running(files.settings()) as router:
        answer = await router.http.post(f"{router.url}/v1/chat/completions", json=asked(stream=stream))
    ours = {"date", "content-type", "content-length", "transfer-encoding"}
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name not in ours and not name.startswith("x-optipath-")]


@pytest.mark.case("D04")
async def test_a_stuck_reader_holds_the_provider_back(simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, "flood-200", "ok"))
    async with running(files.settings()) as router:
        stuck = await router.open()
        sent = -1

        async def stands_still() -> bool:
            nonlocal sent
            before, sent = sent, simulator.stats.bytes_sent
            return before == sent

        assert (await router.ask("ok")).status_code == 200
        await until(stands_still)
        await stuck.aclose()
    assert 0 < sent <= 16 * 2**20
