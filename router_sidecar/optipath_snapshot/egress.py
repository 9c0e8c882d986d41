"""Which hosts a router may call although they are private, or speak plain http.

The administrator says so, in the chart's values; no tenant's resource widens
it. Public hosts over https need no rule. The operator asks by name, before
anybody has resolved it; the router asks again with the address that it is
about to connect to, for that is what counts.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Annotated

from pydantic import Field

from optipath_snapshot.part import Part

Port = Annotated[int, Field(ge=1, le=65535)]
Address = IPv4Address | IPv6Address


class EgressRule(Part):
    """One host or network that may be called. Where both are given, both must hold; a rule with neither admits none."""

    host: str | None = None
    """A host name in lower case, or an address; a name that starts with `*.` admits every name below it."""
    network: IPv4Network | IPv6Network | None = None
    """Addresses in CIDR notation, such as 10.0.0.0/8."""
    ports: tuple[Port, ...] = ()
    """Ports that may be called; none named means any."""
    plaintext: bool = False
    """Whether plain http may be spoken, too."""


class Egress(Part):
    """All that the administrator allows."""

    allow: tuple[EgressRule, ...] = ()


def may_connect(egress: Egress, *, host: str, address: Address, port: int, plaintext: bool) -> bool:
    """Whether a connection to an address may be opened, for a URL that names this host.

    An IPv6 address that carries an IPv4 address is judged by that one; where
    it may stand in several places, only a rule's network admits it.
    Metadata services, link-local, multicast and unspecified addresses are
    never called, whatever the rules say.
    """
    if is_never_called(address):
        return False
    reached = _reached(address)
    if is_public(reached) and not plaintext:
        return True
    return any(
        _fits(rule, host, port, plaintext=plaintext)
        and (reached in rule.network if rule.network else reached not in _LOCAL_NAT64)
        for rule in egress.allow
    )


def may_be_named(egress: Egress, *, host: str, port: int, plaintext: bool) -> bool:
    """Whether a URL may name this host at all; what a name resolves to is only known when it is called.

    A name that a rule's network may turn out to hold is given the benefit of the doubt.
    """
    if (address := literal(host)) is not None:
        return may_connect(egress, host=host, address=address, port=port, plaintext=plaintext)
    if is_public_host(host) and not plaintext:
        return True
    return any(_fits(rule, host, port, plaintext=plaintext) for rule in egress.allow)


def literal(host: str) -> Address | None:
    """The address that a URL's host is, brackets or none; None for a name."""
    try:
        return ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether an address is anybody's to call: not loopback, private, shared, reserved or multicast."""
    reached = _reached(address)
    if isinstance(reached, IPv6Address) and reached.is_site_local:
        return False
    return reached.is_global and not reached.is_reserved and not reached.is_multicast


# Where clouds keep instance metadata and credentials: 169.254.169.254 at most of them, beside it Alibaba's, Azure's
# and Oracle's; over IPv6 Amazon's and Google's. 0.0.0.0/8 reaches the caller's own host on Linux.
_OWN_HOST = IPv4Network("0.0.0.0/8")
_NEVER_IPV4 = (
    _OWN_HOST,
    *map(IPv4Network, ("169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32")),
)
_NEVER_IPV6 = tuple(map(IPv6Network, ("::/128", "fe80::/10", "fd00:ec2::/32", "fd20:ce::/32")))


def is_never_called(address: Address) -> bool:
    """Whether no rule can admit an address: metadata services, link-local, multicast, unspecified."""
    reached = _reached(address)
    if isinstance(reached, IPv4Address):
        return reached.is_multicast or any(reached in network for network in _NEVER_IPV4)
    if reached in _LOCAL_NAT64:
        # A place with nothing but zeros in front is most likely filled up, and another one the address.
        carried = [place for place in _places(reached) if place not in _OWN_HOST]
        return not carried or any(place in network for place in carried for network in _NEVER_IPV4)
    return reached.is_multicast or any(reached in network for network in _NEVER_IPV6)


# RFC 6761, 6762 and 8375, ICANN's reservation of .internal (2024), and what Kubernetes calls its Services.
_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".svc", ".home.arpa")


def is_public_host(host: str) -> bool:
    """Whether a URL's host is a public address, or looks like a name of the public DNS.

    Such a name has more than one label, and no private suffix.
    """
    if (address := literal(host)) is not None:
        return is_public(address)
    name = _canonical(host)
    return "." in name and not name.endswith(_PRIVATE_SUFFIXES)


def _fits(rule: EgressRule, host: str, port: int, *, plaintext: bool) -> bool:
    """Whether a rule admits all that can be told without an address."""
    if rule.host is None and rule.network is None:
        return False
    if rule.host is not None and not _names(rule.host, _canonical(host)):
        return False
    return (rule.plaintext or not plaintext) and (not rule.ports or port in rule.ports)


def _names(pattern: str, host: str) -> bool:
    pattern = _canonical(pattern)
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _canonical(host: str) -> str:
    """A host as rules are compared with it: addresses in their shortest form, names in lower case."""
    if (address := literal(host)) is not None:
        return str(address)
    return host.lower().removesuffix(".")


# RFC 6052: the last 32 bits of an address in the well-known network are an IPv4 address.
_NAT64 = IPv6Network("64:ff9b::/96")
# RFC 8215: whoever runs a network chooses a prefix in here, of any length that RFC 6052 has.
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")


def _places(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """What may be the IPv4 address in an IPv6 one, behind prefixes of 48, 56, 64 and 96 bits (RFC 6052, 2.2)."""
    octets = address.packed
    around = octets[:8] + octets[9:]  # the ninth is skipped, whatever it holds
    return tuple(map(IPv4Address, (around[6:10], around[7:11], around[8:12], octets[12:])))


def _reached(address: Address) -> Address:
    """The address that a packet ends up at, where an IPv6 address carries an IPv4 one in a place that is known."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
