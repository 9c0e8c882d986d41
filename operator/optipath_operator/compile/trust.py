"""The certificates that a provider names, from the ConfigMap that holds them."""

import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from optipath_operator.compile.manifests import ambiguous
from optipath_operator.resources import CaBundleRef, Problem, ResourceRef
from optipath_operator.resources.reading import Manifest

_BEGIN = "-----BEGIN CERTIFICATE-----"
_END = "-----END CERTIFICATE-----"
# Twice what a whole system's certificates take.
_LONGEST = 512 * 1024


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a reference to certificates led to."""

    pem: str | None = None
    why_not: str | None = None
    """What is wrong, without a word of the content."""


def bundles(refs: Iterable[CaBundleRef], config_maps: Mapping[str, Any]) -> dict[CaBundleRef, Bundle]:
    """What each reference leads to, looked at once however many providers share it."""
    return {ref: certificates(ref, config_maps) for ref in frozenset(refs)}


def certificates(ref: CaBundleRef, config_maps: Mapping[str, Any]) -> Bundle:
    """The certificates that a reference leads to, in PEM, without whatever else stands beside them."""
    if ref.name not in config_maps:
        return Bundle(why_not=f"ConfigMap '{ref.name}' is not there")
    data = config_maps[ref.name]
    text = data.get(ref.key) if isinstance(data, Mapping) else None
    if not isinstance(text, str):
        return Bundle(why_not=f"ConfigMap '{ref.name}' has no text under '{ref.key}'")
    where = f"'{ref.key}' in ConfigMap '{ref.name}'"
    if len(text) > _LONGEST:
        return Bundle(why_not=f"{where} is {len(text)} signs long, and at most {_LONGEST} are read")
    pem = "".join(f"{certificate}\n" for certificate in _split(text))
    return Bundle(pem) if holds_certificates(pem) else Bundle(why_not=f"{where} holds no certificates in PEM")


def _split(text: str) -> Iterator[str]:
    """Each certificate from its first line to its last, in one pass over the text."""
    end = 0
    while (start := text.find(_BEGIN, end)) >= 0 and (last := text.find(_END, start)) >= 0:
        end = last + len(_END)
        yield text[start:end]


# A shared provider's certificates are looked at for each namespace that uses it.
@lru_cache(maxsize=16)
def holds_certificates(pem: str) -> bool:
    """Whether a text is certificates in PEM, and nothing else."""
    if not pem.isascii():  # ssl takes that for a mistake of the caller's
        return False
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (ssl.SSLError, ValueError):
        return False
    return True


def read_config_maps(found: Mapping[ResourceRef, Sequence[Manifest]]) -> tuple[dict[str, Any], list[Problem]]:
    """Data of ConfigMaps by name, and what is wrong with those that cannot be used."""
    data = {ref.name: written[0]["data"] for ref, written in found.items() if len(written) == 1}
    return data, [ambiguous(ref, len(written)) for ref, written in found.items() if len(written) > 1]
