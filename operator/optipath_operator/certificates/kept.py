"""What is kept in the Secret of the webhooks: where a change of certificates has got to can be read from it alone.

tls.crt, tls.key          what servers show
ca.crt, ca.key            the authority that has signed it
next-ca.crt, next-ca.key  the one that will, as soon as it is trusted
old-ca.crt                those that servers may still show something of; nobody needs their keys
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

from cryptography import x509

from optipath_operator.certificates.bundle import authorities, bundle
from optipath_operator.certificates.pair import Pair

TLS: Final = ("tls.crt", "tls.key")
CA: Final = ("ca.crt", "ca.key")
NEXT: Final = ("next-ca.crt", "next-ca.key")
OLD: Final = "old-ca.crt"

ROTATE: Final = "optipath.io/rotate"
"""The annotation by which somebody asks for a new authority, whatever its value."""
TRUSTED_SINCE: Final = "optipath.io/trusted-since"
"""The annotation that says since when every webhook has had the next authority in its bundle."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What can be used of what is kept."""

    pair: Pair | None
    """What servers show."""
    signer: Pair | None
    """The authority that signs."""
    coming: Pair | None
    """The one that will."""
    others: tuple[x509.Certificate, ...]
    """Authorities that only vouch: those from before, and the present one where its key is lost."""
    trusted_since: datetime | None
    rotate: bool
    """Whether somebody asks for a new authority."""

    @classmethod
    def read(cls, data: Mapping[str, bytes], annotations: Mapping[str, str], now: datetime) -> Self:
        """What is kept, without what is broken or has ended."""
        signer, coming = _authority(data, CA, now), _authority(data, NEXT, now)
        # Nothing was signed by one that was only to come: without its key it is forgotten.
        before = authorities(data.get(CA[0], b"") + b"\n" + data.get(OLD, b""), now)
        return cls(
            _pair(data, TLS),
            signer,
            coming,
            tuple(each for each in before if signer is None or each != signer.certificate),
            _moment(annotations.get(TRUSTED_SINCE, "")),
            ROTATE in annotations,
        )

    def bundle(self) -> bytes:
        """All whom an API server is to trust."""
        own = (each.certificate for each in (self.signer, self.coming) if each is not None)
        # By age: then nothing changes in it when the one that was to come begins to sign.
        return bundle(sorted((*own, *self.others), key=lambda each: (each.not_valid_before_utc, each.serial_number)))


def _pair(data: Mapping[str, bytes], keys: tuple[str, str]) -> Pair | None:
    return Pair.read(data.get(keys[0], b""), data.get(keys[1], b""))


def _authority(data: Mapping[str, bytes], keys: tuple[str, str], now: datetime) -> Pair | None:
    found = _pair(data, keys)
    return found if found is not None and authorities(found.pem, now) else None


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
