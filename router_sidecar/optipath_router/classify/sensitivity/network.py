"""E-mail addresses and IP addresses of people."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Final

from optipath_router.classify.sensitivity import context
from optipath_router.classify.sensitivity.found import Found, What
from optipath_router.classify.sensitivity.window import Window

_LOCAL: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}")
_DOMAIN: Final = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9_@])"
    r"|[^\W_](?:[\w-]{0,62}\.){1,8}[^\W\d_]{2,24}(?![\w@])"
)
_EDGES: Final = ".'`*/=|{}~"
V4: Final = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9A-Za-z_]|\.[0-9])")
_V6: Final = re.compile(r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z_:])")
_VERSION: Final = re.compile(
    r"(?:version|release|firmware|build|\bv|section|chapter|§|версия|versión|versão|versione"
    r"|版本|バージョン|버전)[ .:]{0,2}\Z"
)
# Resolvers that everybody names, and that are nobody's.
_RESOLVERS: Final = frozenset({"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9"})
# Set aside for documentation: they look like anybody's, and count as such (see README).
_EXAMPLES_V4: Final = tuple(ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))
_EXAMPLE_V6: Final = ip_network("2001:db8::/32")


def emails(window: Window) -> Iterator[Found]:
    """E-mail addresses, by their at sign. What is written to nobody (noreply) is nobody's."""
    text = window.text
    for at in window.each("@"):
        before = _LOCAL.match(text[max(0, at - 64) : at][::-1])
        domain = _DOMAIN.match(text, at + 1)
        if not before or not domain:
            continue
        written = before[0][::-1]
        local = _beginning(written).lstrip(_EDGES)
        if (
            not local
            or local[-1] == "."
            or local.lower() in {"noreply", "no-reply", "donotreply", "do-not-reply", "git"}
        ):
            continue
        yield window.found(What.EMAIL, at - len(local), domain.end())


def _beginning(local: str) -> str:
    """The part before the at sign, without the words of a script that writes no spaces."""
    if local.isascii():
        return local
    for place in range(len(local) - 1, -1, -1):
        if local[place] >= "\u3040":
            return local[place + 1 :]
    return local


def ipv6_address(window: Window, start: int) -> Found | None:
    """The IPv6 address that begins here, if it can be a person's."""
    text = window.text
    # Its first group is at most four signs long, and its first digit at most in the fifth.
    if ":" not in text[start : start + 5]:
        return None
    v6 = _V6.match(text, start)
    return window.found(What.IP_ADDRESS, start, v6.end()) if v6 and _v6_of_a_person(v6[0]) else None


def person_v4(window: Window, first: int, v4: re.Match[str]) -> Found | None:
    """The IPv4 address that was matched, if it can be a person's."""
    beside = window.text[first - 1] if first else " "
    apart = not ((beside.isascii() and beside.isalnum()) or beside in "._-")
    return window.found(What.IP_ADDRESS, first, v4.end()) if apart and _v4_of_a_person(window, first, v4[0]) else None


def _v4_of_a_person(window: Window, first: int, written: str) -> bool:
    octets = [int(octet) for octet in written.split(".")]
    if (
        max(octets) > 255
        or written in _RESOLVERS
        or any(len(octet) > 1 and octet[0] == "0" for octet in written.split("."))
    ):
        return False
    before = window.lower[max(0, first - context.BEFORE) : first]
    # Numbers of versions and of chapters look the same, and are small.
    if _VERSION.search(before[-16:]) or (max(octets) < 32 and not context.IP.search(before)):
        return False
    address = IPv4Address(written)
    return address.is_global or any(address in net for net in _EXAMPLES_V4)


def _v6_of_a_person(written: str) -> bool:
    try:
        address = IPv6Address(written)
    except ValueError:  # times, MAC addresses, slices of code
        return False
    return (address.is_global or address in _EXAMPLE_V6) and sum(bool(group) for group in written.split(":")) >= 3
