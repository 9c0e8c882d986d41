"""One HTTP request, as it arrived."""

import hashlib
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

KEY_HEADERS = frozenset({"authorization", "api-key", "x-api-key", "x-goog-api-key"})
"""Headers in which providers take a key."""


def fingerprint(key: str) -> str:
    """The name of a key that does not give it away: twelve hexadecimal digits of its SHA-256."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, whole."""

    method: str
    target: str
    """Path and query, as sent."""
    headers: tuple[tuple[str, str], ...]
    """In the order and spelling they came."""
    body: bytes
    connection: int = 1
    """Number of the connection it came on."""
    place: int = 1
    """Its own among the requests of that connection, from 1."""

    @property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        """The query's values by name."""
        return parse_qs(urlsplit(self.target).query)

    @property
    def key(self) -> str | None:
        """The caller's key, in whichever header a provider takes one."""
        for name, value in self.headers:
            if name.lower() in KEY_HEADERS:
                return _key(value)
        return None

    def headers_without_keys(self) -> tuple[tuple[str, str], ...]:
        """The headers, with a fingerprint wherever a key was."""
        return tuple(
            (name, fingerprint(_key(value)) if name.lower() in KEY_HEADERS else value) for name, value in self.headers
        )


def _key(value: str) -> str:
    """The key in a header's value, which may name a scheme first."""
    scheme, _, rest = value.partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else value
