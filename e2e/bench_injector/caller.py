"""A caller as the API server is one: HTTP/1.1 over TLS, one request after another on a connection that is kept."""

import asyncio
import ssl


class Caller:
    """One connection, made when it is needed."""

    def __init__(self, port: int, trusted: ssl.SSLContext) -> None:
        self._port, self._trusted = port, trusted
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, body: bytes) -> bytes:
        """The whole answer to a review, its head first."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("localhost", self._port, ssl=self._trusted)
        reader, writer = self._streams
        head = "POST /mutate?timeout=5s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        (length,) = (line for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        return answer + await reader.readexactly(int(length.partition(b":")[2]))

    def leave(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
