"""One question to one router, bounded in every way that its answer could be used against us.

Plain http to the pod's address, without proxies, redirects, cookies or
compression; so many seconds and so many bytes. What a router says is read in
`answer.py`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Final

import aiohttp

from optipath_operator.channel.answer import AT_MOST_BYTES, Answer, Nonsense, read

PORT: Final = 7081
_SECONDS: Final = 2.0
_NOT_THIS_TOKEN: Final = frozenset({401, 403, 404})
"""Of one whose snapshot carries another token, or none, or that is of a release without /status."""


class Outcome(StrEnum):
    """What came of asking; the label of a metric."""

    ANSWERED = "answered"
    REFUSED = "refused"
    SILENT = "silent"
    """Nothing in time."""
    UNREACHABLE = "unreachable"
    """No connection, or one that broke."""
    NONSENSE = "nonsense"
    """An answer, but not of a router."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of asking a router."""

    outcome: Outcome
    answer: Answer | None = None
    """Where it answered."""


Ask = Callable[[str, str], Awaitable[Heard]]
"""Takes a pod's address and the token; never raises what the network does."""


class Asker:
    """Asks routers. Close it when done."""

    def __init__(self, *, at_once: int, port: int = PORT, seconds: float = _SECONDS) -> None:
        self._port, self._seconds = port, seconds
        # A pod is asked again in half a minute at the earliest: no connection is worth keeping.
        connector = aiohttp.TCPConnector(limit=at_once, force_close=True)
        self._session = aiohttp.ClientSession(
            connector=connector, trust_env=False, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
        )

    async def __call__(self, address: str, token: str) -> Heard:
        """Ask the router at an address."""
        try:
            ip = ip_address(address)
        except ValueError:
            return Heard(Outcome.UNREACHABLE)
        url = f"http://{f'[{ip}]' if ip.version == 6 else ip}:{self._port}/status"
        try:
            async with asyncio.timeout(self._seconds):
                return await self._asked(url, token)
        except (Nonsense, aiohttp.ClientResponseError):
            return Heard(Outcome.NONSENSE)
        except TimeoutError:
            return Heard(Outcome.SILENT)
        except (aiohttp.ClientError, OSError, ValueError):
            return Heard(Outcome.UNREACHABLE)

    async def _asked(self, url: str, token: str) -> Heard:
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        async with self._session.get(url, headers=headers, allow_redirects=False) as response:
            if response.status in _NOT_THIS_TOKEN:
                return Heard(Outcome.REFUSED)
            if response.status != 200:
                return Heard(Outcome.NONSENSE)
            return Heard(Outcome.ANSWERED, read(await _body(response)))

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """The body, as far as it is read; raises Nonsense for one that is longer."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > AT_MOST_BYTES:
            raise Nonsense(f"more than {AT_MOST_BYTES} bytes")
    return bytes(body)
