"""Failover on the wire: whatever the first target does wrong, the caller gets one clean answer of the second."""

import asyncio

import pytest

from optipath_cli.simulator import Outcome, Simulator
from support.router import Files, chain, running, until

WHOLE = {
    "e500": "server_error",
    "e503": "overloaded",
    "e429": "busy",
    "e529": "overloaded",
    "e401": "auth",
    "e404": "not_served",
    "quota": "quota",
    "cut-after-0": "broken",
    "reset-after-0": "broken",
    "truncate-after-3": "broken",
    "badjson": "broken",
    "empty": "broken",
    "error-in-stream-0": "broken",
    "slow-first-token-9": "timeout",
    "slow-9s": "timeout",
}
STREAMED = WHOLE | {"error-in-stream-0": "server_error", "truncate-after-0": "broken"}
del STREAMED["truncate-after-3"]  # its first tokens are good ones
QUICK = {"first_token_timeout_seconds": 1.0}


@pytest.mark.row("A13", "C06")
@pytest.mark.case("U05", "B01")
@pytest.mark.parametrize(("fault", "outcome"), WHOLE.items(), ids=WHOLE)
async def test_a_whole_answer_comes_from_the_second_target(
    fault: str, outcome: str, simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, fault, "ok-second", resilience=QUICK))
    async with running(files.settings()) as router:
        answer = await router.ask(text="nonce-7")
        record = await router.decision(answer)
    assert answer.status_code == 200
    assert "ok-second. nonce-7" in answer.json()["choices"][0]["message"]["content"]
    assert answer.json()["model"] == answer.headers["x-optipath-model"] == "ok-second"
    assert answer.headers["x-optipath-attempts"] == "2"
    assert answer.headers["x-optipath-failover"] == "true"
    assert [attempt["outcome"] for attempt in record["attempts"]] == [outcome, "ok"]
    assert [simulator.stats.models[model].count for model in (fault, "ok-second")] == [1, 1]


@pytest.mark.case("S07", "S01")
@pytest.mark.parametrize(("fault", "outcome"), STREAMED.items(), ids=STREAMED)
async def test_a_stream_comes_from_the_second_target_alone(
    fault: str, outcome: str, simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, fault, "ok-second", resilience=QUICK))
    async with running(files.settings()) as router:
        stream = await router.stream(text="nonce-7")
        record = await router.decision(stream.answer)
    assert stream.finished
    assert stream.answer.headers["x-optipath-attempts"] == "2"
    assert stream.answer.headers["x-optipath-failover"] == "true"
    assert [attempt["outcome"] for attempt in record["attempts"]] == [outcome, "ok"]
    assert {chunk["model"] for chunk in stream.chunks} == {"ok-second"}
    roles = [chunk["choices"][0]["delta"].get("role") for chunk in stream.chunks]
    assert roles.count("assistant") == 1


@pytest.mark.case("T03")
@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "http://nope.invalid/v1", f"http://{'x' * 70}.example/v1"])
async def test_a_provider_that_cannot_be_reached_is_passed_over(url: str, simulator: Simulator, files: Files) -> None:
    chained = chain(simulator.url, "lost", "ok-second")
    lost, second = chained.providers
    egress = {"allow": [{"network": "127.0.0.0/8", "plaintext": True}, {"host": "*.invalid", "plaintext": True}]}
    files.put(
        type(chained).model_validate(
            chained.model_dump()
            | {"providers": [lost.model_dump() | {"url": url}, second.model_dump()], "egress": egress}
        )
    )
    async with running(files.settings()) as router:
        answer = await router.ask()
        record = await router.decision(answer)
    assert answer.status_code == 200
    assert [attempt["outcome"] for attempt in record["attempts"]] == ["unreachable", "ok"]


@pytest.mark.case("S09")
@pytest.mark.parametrize("fault", ["error-in-stream-3", "cut-after-3", "reset-after-3", "truncate-after-3"])
async def test_after_the_first_content_there_is_no_failover(fault: str, simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, fault, "ok-second"))
    async with running(files.settings()) as router:
        stream = await router.stream()
        record = await router.decision(stream.answer)
    assert not stream.whole
    assert stream.text == f"I am {fault}. "
    assert stream.chunks[-1]["error"]["code"] == "all_attempts_failed"
    assert simulator.stats.count == 1
    assert record["outcome"] == "cut"


@pytest.mark.case("S03")
async def test_a_stream_that_falls_silent_ends_with_an_error(simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, "stall-after-3", "ok-second", resilience={"idle_timeout_seconds": 0.05}))
    async with running(files.settings()) as router:
        stream = await router.stream()
    assert not stream.whole
    assert "silent for too long" in stream.chunks[-1]["error"]["message"]
    assert simulator.stats.disconnects[0].chunks == 3


@pytest.mark.case("D01")
@pytest.mark.parametrize(
    ("model", "stream", "phase"),
    [("slow-9s", False, "before-head"), ("slow-9s", True, "before-head"), ("drip-20+tokens-500", True, "in-stream")],
)
async def test_a_caller_who_leaves_takes_the_upstream_connection_with_it(
    *, model: str, stream: bool, phase: str, simulator: Simulator, outcomes: asyncio.Queue[Outcome], files: Files
) -> None:
    files.put(chain(simulator.url, model, "ok-second"))
    async with running(files.settings()) as router:
        request = asyncio.create_task(router.ask(stream=stream))

        async def under_way() -> bool:
            return simulator.stats.bytes_sent > 0 if phase == "in-stream" else simulator.stats.count > 0

        await until(under_way)
        request.cancel()
        outcome = await outcomes.get()

        async def over() -> bool:
            return await router.metric("optipath_requests_in_flight") == 0

        await until(over)
        left = [task for task in asyncio.all_tasks() if "Calls." in repr(task.get_coro())]
        counted = (await router.get("/metrics")).text
    assert outcome.left == phase
    assert [left.phase for left in simulator.stats.disconnects] == [phase]
    assert simulator.stats.count == 1
    assert 'outcome="abandoned"' in counted
    assert left == []


@pytest.mark.case("X10")
async def test_a_hundred_streams_at_once_mix_nothing(simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, "drip-5"))

    async with running(files.settings()) as router:

        async def one(number: int) -> bool:
            stream = await router.stream(text=f"nonce-{number:03}")
            return stream.finished and f" nonce-{number:03} " in stream.text and stream.text.count("nonce-") == 1

        assert all(await asyncio.gather(*map(one, range(100))))
    assert simulator.stats.max_in_flight > 50
