"""`optipath run` while requests fly and streams are open: a policy edited fifty times, and nobody notices."""

import asyncio
import statistics
import time
from collections import defaultdict
from pathlib import Path

import pytest

from optipath_cli.simulator import Simulator
from support.router import Router
from support.workbench import Manifest, policy, provider, workbench, write

EDITS = 50
STREAMS = 20
REQUESTS_A_SECOND = 50
AT_MOST_IN_FLIGHT = 100
"""Where a machine cannot keep the pace, it drops: what is shown is that none is lost."""
TOKENS = 80


@pytest.mark.row("A16", "C27")
async def test_fifty_edits_lose_no_request_and_cut_no_stream(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = {name: name for name in (f"version-{number}" for number in range(1, EDITS + 2))}
    async with Simulator() as simulator:
        write(tmp_path / "acme.yaml", provider(simulator.url, models={**models, "novel": f"drip-100+tokens-{TOKENS}"}))
        chat = write(tmp_path / "chat.yaml", version(1))
        async with workbench(tmp_path) as run:
            opened = [await run.router.open("novel") for _ in range(STREAMS)]
            streams = asyncio.gather(*map(run.router.opened, opened))
            traffic = Traffic(run.router)
            flying = asyncio.create_task(traffic.flow())
            await traffic.served[1].wait()
            seconds = [await edit(traffic, chat, number) for number in range(2, EDITS + 2)]
            traffic.over = True
            await flying
            assert all(stream.finished and len(stream.text.split()) == TOKENS for stream in await streams)
    assert set(traffic.met) == set(range(1, EDITS + 2))
    with capsys.disabled():
        middle, longest = statistics.median(seconds), max(seconds)
        print(f" {len(traffic.met)} requests; in effect after {middle:.3f} s, at most {longest:.3f} s ", end="")  # noqa: T201  measured
    assert middle < 2.5, "it is 250 ms on a quiet machine; this is ten times that"


def version(number: int) -> Manifest:
    """The policy as its generation `number` says it: another model each time."""
    edited = policy(f"acme/version-{number}")
    novel = policy("acme/novel", alias="novel")["spec"]["rules"][0]
    edited["spec"]["rules"].append({**novel, "name": "novel"})
    return edited


class Traffic:
    """Requests at a pace, and the versions of the policy that they met."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self.over = False
        self.met: list[int] = []
        self.served: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)
        """Set for each version that has served a request."""

    async def flow(self) -> None:
        """Send until it is over."""
        sent: list[asyncio.Task[int]] = []
        while not self.over:
            if sum(not task.done() for task in sent[-AT_MOST_IN_FLIGHT:]) < AT_MOST_IN_FLIGHT:
                sent.append(asyncio.create_task(self._request()))
            await asyncio.sleep(1 / REQUESTS_A_SECOND)
        self.met = list(await asyncio.gather(*sent))

    async def _request(self) -> int:
        answer = await self._router.ask("assistant")
        assert answer.status_code == 200, answer.text
        number = int(answer.headers["x-optipath-policy"].partition("@")[2])
        model = f"version-{number}"
        assert (answer.headers["x-optipath-model"], answer.json()["model"]) == (model, model)
        self.served[number].set()
        return number


async def edit(traffic: Traffic, file: Path, number: int) -> float:
    """Edit the policy; seconds until a request has been answered under it."""
    write(file, version(number))
    edited = time.monotonic()
    async with asyncio.timeout(60):
        await traffic.served[number].wait()
    return time.monotonic() - edited
