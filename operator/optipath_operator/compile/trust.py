"""The certificates that a provider names, from the ConfigMap that holds them."""

import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optipath_operator.compile.manifests import ambiguous
from optipath_operator.resources import CaBundleRef, Problem, ResourceRef
from optipath_operator.resources.reading import Manifest

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\s.*?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a reference to certificates led to."""

    pem: str | None = None
    why_not: str | None = None
    """What is wrong, without a word of the content."""


def certificates(ref: CaBundleRef, config_maps: Mapping[str, Any]) -> Bundle:
    """The certificates that a reference leads to, in PEM, without whatever else stands beside them."""
    if ref.name not in config_maps:
        return Bundle(why_not=f"ConfigMap '{ref.name}' is not there")
    data = config_maps[ref.name]
    text = data.get(ref.key) if isinstance(data, Mapping) else None
    if not isinstance(text, str):
        return Bundle(why_not=f"ConfigMap '{ref.name}' has no text under '{ref.key}'")
    pem = "".join(f"{certificate}\n" for certificate in _CERTIFICATE.findall(text))
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (ssl.SSLError, ValueError):
        return Bundle(why_not=f"'{ref.key}' in ConfigMap '{ref.name}' holds no certificates in PEM")
    return Bundle(pem)


def read_config_maps(found: Mapping[ResourceRef, Sequence[Manifest]]) -> tuple[dict[str, Any], list[Problem]]:
    """Data of ConfigMaps by name, and what is wrong with those that cannot be used."""
    data = {ref.name: written[0]["data"] for ref, written in found.items() if len(written) == 1}
    return data, [ambiguous(ref, len(written)) for ref, written in found.items() if len(written) > 1]
