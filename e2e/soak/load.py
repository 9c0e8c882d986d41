"""Callers of every manner, at a fixed rate."""

import asyncio
import json
from collections import Counter
from contextlib import suppress
from random import Random
from typing import assert_never

from e2e.soak.mix import Manner, Turn, turn
from optipath_cli.simulator import Simulator

_STUCK_SECONDS = 2.0
_PATIENCE_SECONDS = 30.0
"""For any answer; none takes as long by far."""


class Load:
    """Requests to a router, and how they ended."""

    def __init__(self, port: int, simulator: Simulator, random: Random) -> None:
        self._port, self._simulator, self._random = port, simulator, random
        self._asking: set[asyncio.Task[None]] = set()
        self.ends: Counter[str] = Counter()
        """By status, or by what there was in its place."""

    async def run(self, seconds: float, per_second: float) -> None:
        """Ask for so long, whether or not earlier requests have been answered, and wait for their ends."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for number in range(round(seconds * per_second)):
            await asyncio.sleep(begun + number / per_second - loop.time())
            asking = loop.create_task(self._ask(turn(self._random)))
            self._asking.add(asking)
            asking.add_done_callback(self._asking.discard)
        await asyncio.gather(*self._asking)

    async def _ask(self, turn: Turn) -> None:
        self._simulator.map[turn.alias] = turn.behaviour
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                end = await self._end(turn)
        except TimeoutError:
            end = "no end"
        except OSError:
            end = "no connection"
        self.ends[end] += 1

    async def _end(self, turn: Turn) -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**16)
        try:
            writer.write(_request(turn))
            match turn.manner:
                case Manner.LEAVES:
                    await asyncio.sleep(turn.leaves_after)
                    return "left"
                case Manner.STUCK:
                    await asyncio.sleep(_STUCK_SECONDS)
                    return "left"
                case Manner.PLAIN | Manner.STREAMS:
                    return await _status(reader)
                case _:
                    assert_never(turn.manner)
        finally:
            writer.transport.abort()


async def _status(reader: asyncio.StreamReader) -> str:
    """The status of an answer that was read to its end."""
    line = await reader.readline()
    with suppress(ConnectionError):
        while await reader.read(2**16):
            pass
    return line[9:12].decode() or "closed"


def _request(turn: Turn) -> bytes:
    body = json.dumps(
        {
            "model": turn.alias,
            "messages": [{"role": "user", "content": turn.text}],
            "stream": turn.manner is not Manner.PLAIN,
        }
    ).encode()
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
