"""A caller who leaves at an awkward moment, played on the ASGI application itself."""

import asyncio
from typing import Any

import pytest

from optipath_cli.simulator import Outcome, Simulator
from optipath_router.app import compose
from support.requests import body
from support.router import Files, chain


@pytest.mark.case("D01")
@pytest.mark.parametrize("stuck_at", ["http.response.start", "http.response.body"])
async def test_a_caller_who_leaves_while_we_write_leaves_nothing_open(
    stuck_at: str, simulator: Simulator, outcomes: asyncio.Queue[Outcome], files: Files
) -> None:
    files.put(chain(simulator.url, "infinite-stream+drip-5"))
    app = compose(files.settings())
    await app.watch.look()
    stuck = asyncio.Event()
    messages = [{"type": "http.request", "body": body("auto", stream=True), "more_body": False}]

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await stuck.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == stuck_at:
            stuck.set()
            await asyncio.Event().wait()

    path = "/v1/chat/completions"
    await app.api({"type": "http", "method": "POST", "path": path, "headers": []}, receive, send)
    outcome = await outcomes.get()
    await app.shared.pools.close()
    assert outcome.left == "in-stream"
    assert app.calls.in_flight == 0
    assert b'outcome="abandoned"' in app.shared.metrics.text()


async def test_a_caller_who_leaves_before_having_asked_is_no_request(files: Files) -> None:
    app = compose(files.settings())
    sent = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    path = "/v1/chat/completions"
    await app.api({"type": "http", "method": "POST", "path": path, "headers": []}, receive, send)
    assert sent == []
    assert app.calls.in_flight == 0
