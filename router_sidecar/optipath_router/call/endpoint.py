"""An endpoint: a provider as the call path sees it, with its connections and its dialect."""

from dataclasses import dataclass
from functools import lru_cache

import httpx

from optipath_router.call.transport import WRITE_SECONDS
from optipath_router.chat.request import ChatRequest
from optipath_router.credentials import Key, Keys
from optipath_router.errors import Outcome, TargetUnavailable
from optipath_router.providers import Dialect, Exchange, Outgoing
from optipath_snapshot import Provider, Target


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A provider that can be called."""

    provider: Provider
    host: str
    dialect: Dialect
    transport: httpx.AsyncBaseTransport

    def exchange(self, request: ChatRequest, target: Target) -> Exchange:
        """How a request is put to a target here; raises TargetUnavailable where the provider has nothing like it."""
        exchange = self.dialect.exchange(request, target)
        if exchange is None:
            raise TargetUnavailable(Outcome.NOT_SPOKEN, f"its provider does not serve {request.wire}")
        return exchange

    def request(
        self, outgoing: Outgoing, model: str, key: Key | None, *, streams: bool, connect_seconds: float
    ) -> httpx.Request:
        """A request as this provider is to receive it; raises TargetUnavailable where its URL cannot be called.

        Its extension `sent` is False until the transport has a connection to send it on.
        """
        path, located = outgoing.path, self.dialect.located
        if located is not None:
            path = located(self.provider, model, path)
        try:
            url, fixed = _fixed(self.provider, self.dialect.headers, path)
        except httpx.InvalidURL as error:
            raise TargetUnavailable(Outcome.UNREACHABLE, "its URL cannot be called") from error
        headers = [
            *fixed,
            *outgoing.headers,
            (b"accept", b"text/event-stream" if streams else b"application/json"),
            (b"content-length", b"%d" % len(outgoing.body)),
        ]
        if key is not None:
            headers.append((self.dialect.key_header, self.dialect.key_prefix + key.value.encode()))
        timeouts = {"connect": connect_seconds, "pool": connect_seconds, "write": WRITE_SECONDS, "read": None}
        # With a stream in the place of its content, httpx leaves the headers as they are.
        stream = httpx.ByteStream(outgoing.body)
        return httpx.Request(
            "POST", url, headers=headers, stream=stream, extensions={"timeout": timeouts, "sent": False}
        )

    def keys(self, keys: Keys) -> tuple[Key | None, ...]:
        """The keys that may be tried, in order; one None where the provider asks for no key.

        Raises TargetUnavailable where it names keys and none of them is there
        and may be sent to its host.
        """
        provider = self.provider
        if not provider.keys:
            return (None,)
        there = [keys[name] for name in provider.keys if name in keys]
        named = ", ".join(map(repr, provider.keys))
        if not there:
            raise TargetUnavailable(Outcome.NO_KEY, f"the credentials Secret has no key {named}")
        bound = tuple(key for key in there if self.host in key.hosts)
        if not bound:
            raise TargetUnavailable(
                Outcome.HOST_MISMATCH,
                f"the credentials Secret does not say that key {named} may go to {self.host}: "
                f"name the host in '{there[0].name}.hosts'",
            )
        return bound


@lru_cache(maxsize=1024)
def _fixed(
    provider: Provider, dialects: tuple[tuple[bytes, bytes], ...], path: str
) -> tuple[httpx.URL, tuple[tuple[bytes, bytes], ...]]:
    """The URL, and the headers that every request to a provider carries. To find them takes as long as all the rest."""
    url = httpx.URL(provider.url + path)
    own = tuple((header.name.lower().encode(), header.value.encode()) for header in provider.headers)
    return url, (
        (b"host", url.netloc),
        *own,
        *(header for header in dialects if header[0] not in {name for name, _ in own}),
        (b"content-type", b"application/json"),
        (b"accept-encoding", b"identity"),
        (b"user-agent", b"optipath"),
    )
