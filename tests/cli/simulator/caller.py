"""A caller of the simulator that sees the bytes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from optipath_cli.simulator import Simulator

CHATS = "/v1/chat/completions"


def chat(model: str, prompt: str = "hello", **members: Any) -> dict[str, Any]:
    """The body of a chat."""
    return {"model": model, "messages": [{"role": "user", "content": prompt}], **members}


def raw(model: str, prompt: str = "hello", **members: Any) -> bytes:
    """A chat as bytes."""
    body = json.dumps(chat(model, prompt, **members)).encode()
    return b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)


@asynccontextmanager
async def connected(simulator: Simulator) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection, closed in the end."""
    reader, writer = await asyncio.open_connection(simulator.host, simulator.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        try:
            await writer.wait_closed()
        except ConnectionResetError:
            assert reader.exception() is not None


async def ask(simulator: Simulator, model: str, prompt: str = "hello", **members: Any) -> tuple[bytes, bytes]:
    """What comes back on a connection until it is closed: the first head, and all that follows."""
    async with connected(simulator) as (reader, writer):
        writer.write(raw(model, prompt, **members).replace(b"host: x", b"connection: close"))
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    return head, body


async def whole(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """One reply that tells its length: head and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    return head, await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
