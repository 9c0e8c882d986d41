"""One transport an origin, kept over a reload where the origin stays."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from optipath_router.call.idle import Idle
from optipath_router.call.tls import trust
from optipath_router.call.transport import MAX_CONNECTIONS, Transport
from optipath_snapshot import Egress, Provider


@dataclass(frozen=True, slots=True)
class Origin:
    """What two providers must have in common to share connections."""

    scheme: str
    host: str
    port: int
    ca_bundle: str | None
    egress: Egress


def origin(provider: Provider, egress: Egress) -> Origin:
    """The origin of a provider's URL, with the trust and the rules under which it is called."""
    parts = urlsplit(provider.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Origin(parts.scheme, parts.hostname or "", port, provider.ca_bundle, egress)


class Pools:
    """The transports of this process."""

    def __init__(self, most_idle: int = MAX_CONNECTIONS) -> None:
        """Take how many connections to all of them are kept that nobody uses."""
        self._transports: dict[Origin, Transport] = {}
        self._idle = Idle(most_idle)

    def transport(self, origin: Origin) -> Transport:
        """The transport to an origin, which is made where there is none yet; raises ssl.SSLError for a bad CA."""
        transport = self._transports.get(origin)
        if transport is None:
            tls = trust(origin.ca_bundle) if origin.scheme == "https" else None
            transport = Transport(origin.host, origin.port, origin.egress, tls=tls, idle=self._idle)
            self._transports[origin] = transport
        return transport

    def keep(self, origins: Collection[Origin]) -> None:
        """Let go of all transports but those to these origins; what is in use ends first."""
        for origin in [origin for origin in self._transports if origin not in origins]:
            self._transports.pop(origin).retire()

    async def close(self) -> None:
        """Close every connection."""
        while self._transports:  # a runtime that is being built in its thread may still add one
            _, transport = self._transports.popitem()
            await transport.aclose()
