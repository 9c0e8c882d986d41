"""What may be called from this machine beside public hosts over https: the machine itself, and what `--egress` adds."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

import click

from optipath_snapshot import Egress, EgressRule

_WANTED: Final = "HOST_OR_NETWORK[:PORT][,plaintext], such as vllm.lan:8000,plaintext or [fd00::/8]:8000"
_FORM: Final = re.compile(r"(?P<place>\[[0-9a-f:./]+\]|[-a-z0-9.*/]+)(:(?P<port>[0-9]{1,5}))?(?P<plain>,plaintext)?")

# A name is bound to the networks of loopback, so that `localhost` can never lead anywhere else.
_LOOPBACK: Final = tuple(
    EgressRule(host=host, network=ip_network(network), plaintext=True)
    for host, network in (
        ("localhost", "127.0.0.0/8"),
        ("localhost", "::1/128"),
        ("127.0.0.1", "127.0.0.0/8"),
        ("::1", "::1/128"),
    )
)


def from_here(added: tuple[EgressRule, ...] = ()) -> Egress:
    """The egress list of a router on this machine."""
    return Egress(allow=(*_LOOPBACK, *added))


def egress_rule(text: str) -> EgressRule:
    """The rule that `--egress` says; raises BadParameter."""
    refused = click.BadParameter(f"{text!r} is not {_WANTED}")
    found = _FORM.fullmatch(text.lower())
    if found is None:
        raise refused
    place = found["place"].strip("[]")
    name = place.removeprefix("*.")
    if not name or "*" in name:
        raise click.BadParameter(f"{text!r}: * stands only in front, for every name below another one, as in *.lan")
    try:
        where = {"network": _network(place)} if _is_network(place) else {"host": place}
        ports = (int(found["port"]),) if found["port"] else ()
        return EgressRule.model_validate({**where, "ports": ports, "plaintext": found["plain"] is not None})
    except ValueError as error:
        raise refused from error


def _network(place: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(place)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _is_network(place: str) -> bool:
    return "/" in place or ":" in place or re.fullmatch(r"[0-9.]+", place) is not None
