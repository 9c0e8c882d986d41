"""A gate before the API server: it lets everything through, or behaves as an API server does that is unwell.

It shows the API server's own certificate, so that it can stand in for it at
the node's address, and sees and counts what is asked. It is a process of its
own, which reads moods and answers each with the requests that have come so far.
"""

import asyncio
import json
import ssl
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from e2e.cluster.network import API_SERVER_PORT, NODE_IP

WELL, SILENT = "well", "silent"
"""Silent: it takes requests and says nothing, until it is well again and goes on."""
UNAVAILABLE, TOO_MANY, UNAUTHORIZED = "503", "429", "401"
"""It answers nothing else."""
_REFUSES: Final = (UNAVAILABLE, TOO_MANY, UNAUTHORIZED)

_ROOT: Final = Path(__file__).parents[2]
_PIECE: Final = 65536
_HEAD: Final = b" HTTP/1.1\r\n"


class Gate:
    """A gate, and how often it was asked."""

    def __init__(self, trusted: ssl.SSLContext) -> None:
        self.asked = 0
        """Requests that have come, whatever became of them."""
        self._trusted = trusted
        self._mood = WELL
        self._speaks = asyncio.Event()
        self._speaks.set()
        self._open: set[asyncio.Task[None]] = set()

    def be(self, mood: str) -> None:
        """Behave like this from now on. One that refuses has lost the connections that it had."""
        self._mood = mood
        if mood == SILENT:
            self._speaks.clear()
        else:
            self._speaks.set()
        if mood in _REFUSES:
            for connection in self._open:
                connection.cancel()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        connection = asyncio.create_task(self._serve(reader, writer))
        self._open.add(connection)
        await asyncio.wait([connection])
        self._open.discard(connection)
        writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Callers go when they like, and so does the API server.
        with suppress(OSError):
            if self._mood in _REFUSES:
                await self._read(reader)
                writer.write(_refusal(self._mood))
                writer.close()
                await writer.wait_closed()
                return
            back, there = await asyncio.open_connection("127.0.0.1", API_SERVER_PORT, ssl=self._trusted)
            try:
                await _until_either_ends(self._relay(reader, there), self._relay(back, writer))
            finally:
                there.transport.abort()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await self._read(reader):
            await self._speaks.wait()
            writer.write(data)
            await writer.drain()

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        data = await reader.read(_PIECE)
        self.asked += data.count(_HEAD)
        return data


@contextmanager
def gate(cluster: Path, port: int) -> Iterator[Callable[[str], int]]:
    """A gate at a port of the node for as long as the block lasts; the cluster's state folder has the certificates.

    What is yielded takes a mood, and returns how many requests have come so far.
    """
    command = [sys.executable, "-m", "e2e.stories.gate", str(cluster), str(port)]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        asking, answers = process.stdin, process.stdout
        assert asking is not None
        assert answers is not None

        def be(mood: str) -> int:
            print(mood, file=asking, flush=True)
            return int(answers.readline())

        try:
            be(WELL)
            yield be
        finally:
            process.terminate()


async def _serve(cluster: Path, port: int) -> None:
    """Stand there until ended, or until nobody has a mood to tell any more."""
    found = Gate(ssl.create_default_context(cafile=cluster / "ca.crt"))
    shown = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    shown.load_cert_chain(cluster / "apiserver.crt", cluster / "apiserver.key")
    await asyncio.start_server(found.take, NODE_IP, port, ssl=shown)
    while mood := (await asyncio.to_thread(sys.stdin.readline)).strip():
        found.be(mood)
        print(found.asked, flush=True)


async def _until_either_ends(*work: Coroutine[Any, Any, None]) -> None:
    tasks = [asyncio.create_task(each) for each in work]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _refusal(mood: str) -> bytes:
    """What an API server says that is overloaded, about to end, or cannot tell who asks."""
    told = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "not now", "code": int(mood)}
    body = json.dumps(told).encode()
    patience = "Retry-After: 1\r\n" if mood == TOO_MANY else ""
    head = f"HTTP/1.1 {mood} No\r\nContent-Type: application/json\r\n{patience}Connection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
