"""A server that says what a test tells it to, byte for byte and piece by piece, and remembers what it was sent."""

import asyncio
import os
import socket
import ssl
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import Enum
from typing import Self

_NO_LINGER = struct.pack("ii", 1, 0)


class Do(Enum):
    """What a script does beside writing."""

    READ = "wait for a whole request"
    FIN = "close the connection"
    RESET = "reset the connection"


Step = bytes | Do | asyncio.Event | Callable[[bytes], bytes]
"""What is written, in one piece; what is done; what is waited for; or how the last request is answered."""
Script = Sequence[Step]


class ScriptedServer:
    """Plays a script on each connection, in their order, and the last one on every further connection.

    After its script a connection stays open until the caller closes it.
    """

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        self._scripts, self._tls = scripts, tls
        self._tasks: set[asyncio.Task[None]] = set()
        self.requests: list[bytes] = []
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self.sent = 0
        """Bytes that were taken off its hands."""
        self._news = asyncio.Event()
        self.left: asyncio.Queue[int] = asyncio.Queue()
        """The numbers of connections that the caller closed, from 1, as they are closed."""

    @property
    def url(self) -> str:
        """What it is called by."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def asked(self, requests: int = 1) -> None:
        """Wait until so many requests have come."""
        while len(self.requests) < requests:
            await self._change()

    async def has_sent(self, size: int) -> None:
        """Wait until so many bytes were taken."""
        while self.sent < size:
            await self._change()

    def say_now(self, piece: bytes) -> None:
        """Write to the connection that was opened last, before the loop goes on."""
        assert os.write(self._latest.fileno(), piece) == len(piece)

    async def _change(self) -> None:
        self._news.clear()
        await self._news.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        number = self.connections = self.connections + 1
        self.open += 1
        self._latest: socket.socket = writer.get_extra_info("socket")
        self.most_open = max(self.most_open, self.open)
        try:
            await self._play(self._scripts[min(number, len(self._scripts)) - 1], reader, writer)
            await reader.read()
            self.left.put_nowait(number)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            self.left.put_nowait(number)
        except asyncio.CancelledError:
            pass  # the test is over; raised again, it would be reported
        finally:
            self.open -= 1
            writer.transport.abort()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()

    async def _play(self, script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for step in script:
            match step:
                case bytes():
                    await self._write(writer, step)
                case Do.READ:
                    self.requests.append(await _request(reader))
                    self._news.set()
                case Do.FIN:
                    writer.close()
                    await turns()
                case Do.RESET:
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
                    writer.transport.abort()
                    await turns()
                case asyncio.Event():
                    await step.wait()
                case _:
                    await self._write(writer, step(self.requests[-1]))

    async def _write(self, writer: asyncio.StreamWriter, piece: bytes) -> None:
        if writer.is_closing():
            raise ConnectionResetError("the caller has left")
        writer.write(piece)
        await writer.drain()
        self.sent += len(piece)
        self._news.set()
        await turns()


async def turns(count: int = 4) -> None:
    """Let whoever reads in this loop read what was written, so that pieces stay apart."""
    for _ in range(count):
        await asyncio.sleep(0)


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return head + await reader.readexactly(int(value))
    return head
