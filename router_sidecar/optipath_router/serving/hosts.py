"""Whose name is it: which Host and Origin headers are ours.

A web page may make its own name lead to 127.0.0.1 and then call us from the
browser of whoever looks at it (DNS rebinding). What such a page cannot do is
send another Host than its own name, or another Origin.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from optipath_router.settings import Address

_HOST: Final = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+)(?::([0-9]{1,5}))?\Z").match
_MAX_PORT: Final = 65535
_MAX_BYTES: Final = 300
"""No name and port together are longer than 260."""
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104  compared with, not listened on


def hosts_of(listen: Sequence[Address]) -> Callable[[bytes], bool]:
    """Whether a Host header, with any port, names a router that listens there.

    Loopback does, and the addresses listened on. Where that is every address,
    any literal IP does: a page cannot have one for its name without being there.
    """
    hosts = {_canonical(address.host) for address in listen}
    ours, any_address = _LOOPBACK | hosts, bool(hosts & _EVERYWHERE)

    @lru_cache(maxsize=256)
    def is_ours(host: bytes) -> bool:
        name = _name(host)
        return name in ours or (any_address and _is_address(name))

    return lambda host: len(host) <= _MAX_BYTES and is_ours(host)


def is_local_origin(origin: bytes) -> bool:
    """Whether an Origin header is of a page from this machine."""
    scheme, _, host = origin.partition(b"://")
    return scheme in (b"http", b"https") and _name(host) in _LOOPBACK


def _name(host: bytes) -> str:
    """The name in a Host header, without its port; empty where it is none."""
    found = _HOST(host)
    if not found or int(found[2] or 0) > _MAX_PORT:
        return ""
    return _canonical(found[1].decode().removeprefix("[").removesuffix("]"))


def _canonical(host: str) -> str:
    return str(ip_address(host)) if _is_address(host) else host.lower()


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
