"""Limits on callers: how many there may be, how much they may send, and for how long they are waited for."""

from dataclasses import dataclass
from typing import Final

MAX_BODY_BYTES: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Patience:
    """How long callers are waited for, in seconds."""

    begin: float = 0.1
    """For a request to begin, where another caller wants the place."""
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


ADMIN: Final = Limits(connections=16, requests=16, body_bytes=0, patience=Patience(begin=0.0))
"""kubelet, Prometheus and the operator, none of whom sends a body; and any stranger in the cluster, who must not
keep them out by connecting and saying nothing."""
