"""Loads: as fast as it goes, at a fixed rate, and what was seen of it in percentiles."""

import asyncio
import json
import math
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from e2e.bench.rig.client import Answer, Client
from e2e.bench.rig.tools import Tools

_SPIN_SECONDS = 0.002
"""A loop's timers are good to a millisecond; what is left is waited for by looking at the clock."""

_SCRIPT = """
local file = io.open("{body}", "rb")
wrk.method, wrk.path, wrk.body = "POST", "/v1/chat/completions", file:read("*a")
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer sk-nobody"
function done(summary, latency, requests)
  local e = summary.errors
  io.stderr:write(string.format('{{"requests": %d, "failed": %d}}',
    summary.requests, e.connect + e.read + e.write + e.status + e.timeout))
end
"""

Ask = Callable[[float], Coroutine[Any, Any, Answer]]
"""Asks for something that was meant to be asked for at a moment."""


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all do not exceed; infinite where there are none."""
    if not values:
        return math.inf
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


@dataclass(frozen=True, slots=True)
class Throughput:
    """How many requests a closed loop got through, and how many of them failed."""

    requests: int
    failed: int


async def wrk(tools: Tools, folder: Path, port: int, body: bytes, *, seconds: int, connections: int = 16) -> Throughput:
    """As fast as it goes, over so many connections, with Debian's wrk."""
    (folder / "body").write_bytes(body)
    script = folder / "wrk.lua"
    script.write_text(_SCRIPT.format(body=folder / "body"))
    process = await asyncio.create_subprocess_exec(
        tools.wrk,
        *("-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, f"http://127.0.0.1:{port}"),
        env=tools.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, told = await process.communicate()
    try:
        found = json.loads(told)
    except ValueError as error:
        raise RuntimeError(f"wrk said nothing that can be read: {(said + told).decode()}") from error
    return Throughput(found["requests"], found["failed"])


async def at_a_rate(asks: Sequence[Ask], *, per_second: float, seconds: float) -> list[list[Answer]]:
    """Each of these at a fixed rate, in turn, whether or not earlier ones have been answered.

    Answers count from the moment at which they were meant to be asked for.
    """
    loop, tasks = asyncio.get_running_loop(), [list[asyncio.Future[Answer]]() for _ in asks]
    start, gap = time.perf_counter() + 0.05, 1 / per_second / len(asks)
    for number in range(round(per_second * seconds) * len(asks)):
        due = start + number * gap
        if (ahead := due - time.perf_counter() - _SPIN_SECONDS) > 0:
            await asyncio.sleep(ahead)
        while time.perf_counter() < due:
            pass
        which = number % len(asks)
        tasks[which].append(loop.create_task(asks[which](due)))
    return [list(await asyncio.gather(*each)) for each in tasks]


async def one_after_another(client: Client, body: bytes, *, count: int, connections: int = 16) -> int:
    """So many requests over so many connections; how many of them failed."""
    left = iter(range(count))
    failed = 0

    async def worker() -> None:
        nonlocal failed
        for _ in left:
            failed += not (await client.ask(body)).served

    await asyncio.gather(*(worker() for _ in range(connections)))
    return failed
