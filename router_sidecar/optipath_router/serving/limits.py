"""Limits on callers: how many there may be, how much they may send, and for how long they are waited for."""

import resource
from dataclasses import dataclass
from typing import Final

MAX_BODY_BYTES: Final = 32 * 1024 * 1024
_MAX_CONNECTIONS: Final = 4096
_FILES_APART: Final = 64
"""Files that are no caller's: logs, the snapshot, listening sockets, probes, and callers who are being refused."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long callers are waited for, in seconds."""

    head: float = 10.0
    """For a request's head, from its first byte to its last."""
    body: float = 10.0
    """For the next byte of a body."""
    write: float = 30.0
    """For a caller to take anything at all of what was written."""
    idle: float = 75.0
    """For the next request."""
    linger: float = 2.0
    """For a caller who was refused to stop sending and read the answer."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the callers of one port may do."""

    connections: int
    requests: int
    """How many may be served at once."""
    refusing: int = 16
    """Connections beyond the limit that are told so; those beyond them are closed without a word."""
    head_bytes: int = 64 * 1024
    headers: int = 128
    body_bytes: int = MAX_BODY_BYTES
    patience: Patience = Patience()


ADMIN: Final = Limits(connections=16, requests=16, body_bytes=0)
"""kubelet, Prometheus and the operator, none of whom sends a body."""


def connections_within(files: int) -> int:
    """How many connections callers may have, where so many files may be open.

    A request needs one for its caller, one for its provider, and a third where
    it is hedged.
    """
    return max(1, min(_MAX_CONNECTIONS, (files - _FILES_APART) // 3))


def open_files() -> int:
    """How many files this process may have open."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def raise_open_files() -> None:
    """Let this process have as many files open as it may grant itself."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
