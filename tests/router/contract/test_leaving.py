"""Case D01: a caller who leaves takes the provider along, and what was generated until then is booked."""

import asyncio

import pytest

from optipath_cli.simulator import Outcome, Simulator
from support.callers import Connection, request
from support.requests import body
from support.router import Files, Router, chain, running, until
from support.soak import many

PATH = "/v1/chat/completions"


@pytest.mark.case("D01")
@pytest.mark.parametrize("how", ["closes", "resets"])
async def test_who_leaves_after_five_tokens_has_them_booked_and_no_more_are_made(
    how: str, simulator: Simulator, outcomes: asyncio.Queue[Outcome], files: Files
) -> None:
    simulator.map["main"] = f"drip-{many(200, 40)}+tokens-100"
    files.put(chain(simulator.url, "main", "ok-second"))
    async with running(files.settings()) as router:
        caller, head = await five_tokens_into(router)
        if how == "resets":
            caller.reset()
        caller.writer.close()
        async with asyncio.timeout(1):
            outcome = await outcomes.get()

        async def over() -> bool:
            return await router.metric("optipath_requests_in_flight") == 0

        await until(over)
        record = (await router.http.get(f"{router.url}/optipath/decisions/{head['x-optipath-decision']}")).json()
        # The connection that was cut served nobody else; the next request gets a whole answer.
        assert (await router.ask("ok-second")).status_code == 200
    assert (outcome.left, simulator.stats.disconnects[0].phase) == ("in-stream", "in-stream")
    assert record["outcome"] == "abandoned"
    (attempt,) = record["attempts"]
    assert attempt["usage"]["estimated"]
    assert abs(attempt["usage"]["output_tokens"] - outcome.tokens) <= 1
    assert 5 <= outcome.tokens < 100
    assert len({arrival.connection for arrival in simulator.stats.arrivals}) == 2


async def five_tokens_into(router: Router) -> tuple[Connection, dict[str, str]]:
    """A caller who has five tokens of an answer, and the headers that came with it."""
    address = router.bound.api[0]
    caller = Connection(*await asyncio.open_connection(address.host, address.port))
    await caller.send(request(target=PATH, body=body("auto", stream=True)))
    head = (await caller.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
    # The role comes first, with an empty text.
    for _ in range(1 + 5):
        await caller.reader.readuntil(b'"content":"')
        await caller.reader.readuntil(b"\n\n")
    return caller, dict(line.split(": ", 1) for line in head)
