"""A provider's URL, checked as far as it can be without asking anybody.

Here is refused what cannot be meant well, whatever the administrator allows:
no provider lives at a metadata service, and an address is written in one way
only. Which private hosts may be called is the administrator's egress list to
say, and what a name resolves to is the router's to check when it connects.
"""

import re
from ipaddress import ip_address, ip_network
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from optipath_operator.resources.base import Cel
from optipath_operator.resources.text import Text
from optipath_snapshot.egress import is_never_called

_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
# A name's last label begins with a letter, or the host would be an address in one of its odd spellings
# (2852039166, 0xa9fea9fe, 0251.0376.0251.0376).
_NAME = r"([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z]([-a-z0-9]*[a-z0-9])?"
_HOST = rf"({_OCTET}(\.{_OCTET}){{3}}|{_NAME}|\[[0-9a-f:]+\])"
_FORM = rf"^https?://{_HOST}(:[1-9][0-9]{{0,4}})?(/[-A-Za-z0-9._~/]*)?$"
_WANTED = "https://host[:port][/path] in lower case, without user, query or fragment"
_LONGEST = 500

_METADATA_NAMES = (
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "metadata.azure.internal",
    "instance-data",
    "instance-data.ec2.internal",
)
# Beside what is never called: reserved, all of Google's network for metadata, and IPv6 that hides an IPv4 address.
_FORBIDDEN_NETWORKS = tuple(map(ip_network, ("240.0.0.0/4", "fd20:ce::/32", "::/8", "2002::/16")))
_FORBIDDEN = (
    r"^https?://(((0|22[4-9]|2[3-5][0-9])(\.[0-9]+){3}|169\.254(\.[0-9]+){2}|100\.100\.100\.200|168\.63\.129\.16|192\.0\.0\.192|"
    + "|".join(name.replace(".", r"\.") for name in _METADATA_NAMES)
    + r")([:/]|$)|\[(fe[89ab][0-9a-f]|ff[0-9a-f]{2}|fd00:0?ec2|fd20:0{0,2}ce|2002|0{0,2}[0-9a-f]{0,2}):)"
)
_LOOPBACK = r"^https?://\[[0:]*:0{0,3}1\]"

URL_CEL = (
    Cel(f"self.matches(r'{_FORM}') && isURL(self)", f"must be {_WANTED}"),
    Cel(
        f"!self.matches(r'{_FORBIDDEN}') || self.matches(r'{_LOOPBACK}')",
        "must not lead to a metadata service, a link-local or another special address",
    ),
    Cel(
        "!isURL(self) || url(self).getPort() == '' || int(url(self).getPort()) <= 65535",
        "must have a port from 1 to 65535",
    ),
)


def _leads_to_a_provider(url: str) -> str:
    host, port = _ends_of(url.split("/")[2])
    if port > 65535:
        raise PydanticCustomError("form", "must have a port from 1 to 65535")
    if host in _METADATA_NAMES or _is_special(host):
        raise PydanticCustomError(
            "url", "must not lead to '{host}', a metadata, link-local or other special address", {"host": host}
        )
    return url


def _ends_of(authority: str) -> tuple[str, int]:
    """Host and port; 0 where none is given."""
    port = re.search(":([0-9]+)$", authority)
    return (authority[: port.start()], int(port[1])) if port else (authority, 0)


def _is_special(host: str) -> bool:
    try:
        address = ip_address(host.strip("[]"))
    except ValueError as error:
        if host.startswith("["):
            raise PydanticCustomError("form", "must have an IPv6 address in its brackets") from error
        return False
    if address.version == 6 and address.is_loopback:
        return False
    return is_never_called(address) or any(address in network for network in _FORBIDDEN_NETWORKS)


ProviderUrl = Annotated[
    str,
    Text(_FORM, _WANTED, _LONGEST),
    AfterValidator(_leads_to_a_provider),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": _LONGEST,
            "x-kubernetes-validations": [rule.schema() for rule in URL_CEL],
        }
    ),
]
