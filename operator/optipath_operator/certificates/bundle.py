"""Authorities that are trusted together, as one text of certificates in PEM."""

from collections.abc import Iterable
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

_BEGIN, _END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"


def authorities(text: bytes, now: datetime) -> tuple[x509.Certificate, ...]:
    """The authorities in a text that can vouch for anybody now. What is no certificate is passed over."""
    found = []
    for part in text.split(_BEGIN)[1:]:
        body, end, _ = part.partition(_END)
        try:
            certificate = x509.load_pem_x509_certificate(_BEGIN + body + end)
            if is_current(certificate, now) and _is_authority(certificate):
                found.append(certificate)
        except (ValueError, x509.InvalidVersion):
            continue
    return tuple(found)


def bundle(certificates: Iterable[x509.Certificate]) -> bytes:
    """Certificates as one text, each once."""
    return b"".join(each.public_bytes(Encoding.PEM) for each in dict.fromkeys(certificates))


def is_current(certificate: x509.Certificate, now: datetime) -> bool:
    """Whether it has begun and not yet ended."""
    return certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc


def vouches(authority: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether an authority has signed a certificate."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, x509.DuplicateExtension):
        return False
