"""An endpoint: a provider as the call path sees it, with its connections and its dialect."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import httpx

from optipath_router.call.post import Header, Heading, Post, heading
from optipath_router.call.seam import Send, sending
from optipath_router.chat.request import ChatRequest
from optipath_router.credentials import Key, Keys
from optipath_router.errors import Outcome, TargetUnavailable
from optipath_router.providers import Dialect, Exchange, Outgoing
from optipath_snapshot import Provider, Target


@dataclass(frozen=True)
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

    def post(self, outgoing: Outgoing, model: str, key: Key | None, *, streams: bool, connect_seconds: float) -> Post:
        """A request as this provider is to receive it; raises TargetUnavailable where it cannot be put so."""
        path, dialect = outgoing.path, self.dialect
        if dialect.located is not None:
            path = dialect.located(self.provider, model, path)
        headers = outgoing.headers
        if key is not None:
            headers = (*headers, (dialect.key_header, dialect.key_prefix + key.value.encode()))
        return Post(
            self._heading(path, b"text/event-stream" if streams else b"application/json"),
            outgoing.body,
            headers,
            connect_seconds=connect_seconds,
            pool_seconds=connect_seconds,
        )

    @cached_property
    def send(self) -> Send:
        """How a post goes there."""
        return sending(self.transport)

    @cached_property
    def _heading(self) -> Callable[[str, bytes], Heading]:
        """The heading for a path, and for the kind of answer that is wanted; each is made once."""
        return lru_cache(maxsize=1024)(partial(_heading, self.provider, self.dialect.headers))

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


def _heading(provider: Provider, dialects: tuple[Header, ...], path: str, accept: bytes) -> Heading:
    """What every request to this path of a provider begins with; raises TargetUnavailable where it cannot be called."""
    try:
        url = httpx.URL(provider.url + path)
    except httpx.InvalidURL as error:
        raise TargetUnavailable(Outcome.UNREACHABLE, "its URL cannot be called") from error
    own = tuple((header.name.lower().encode(), header.value.encode()) for header in provider.headers)
    return heading(
        "POST",
        url,
        (
            (b"host", url.netloc),
            *own,
            *(header for header in dialects if header[0] not in {name for name, _ in own}),
            (b"content-type", b"application/json"),
            (b"accept-encoding", b"identity"),
            (b"user-agent", b"optipath"),
            (b"accept", accept),
        ),
    )
