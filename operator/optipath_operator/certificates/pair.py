"""A certificate and the key that belongs to it: made, written and read again.

What is made here passes the strictest of those that check it: Go's x509 in
the API server, and OpenSSL with X509_V_FLAG_X509_STRICT, as in Python 3.13.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Self

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

AUTHORITY_LIFE: Final = timedelta(days=3650)
SERVING_LIFE: Final = timedelta(days=90)
_EARLY: Final = timedelta(hours=1)
"""A certificate begins so long before it is made: clocks differ."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False, compare=False)

    @classmethod
    def read(cls, certificate: bytes, key: bytes) -> Self | None:
        """The pair in two files, as `pem` and `key_pem` wrote them; None where they are no pair."""
        try:
            found = x509.load_pem_x509_certificate(certificate)
            secret = serialization.load_pem_private_key(key, password=None)
            if isinstance(secret, ec.EllipticCurvePrivateKey) and secret.public_key() == found.public_key():
                return cls(found, secret)
        except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
            # TypeError: a key that is encrypted, which is none of ours.
            return None
        return None

    @property
    def pem(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The private key."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def made_at(self) -> datetime:
        """When it was made: nobody needs to write that down beside it."""
        return self.certificate.not_valid_before_utc + _EARLY

    @property
    def names(self) -> frozenset[str]:
        """The names that a server may be called by that shows it."""
        try:
            found = self.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
            return frozenset(found.value.get_values_for_type(x509.DNSName))
        except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension):
            return frozenset()


def authority(now: datetime) -> Pair:
    """A new authority of our own."""
    key = ec.generate_private_key(ec.SECP256R1())
    serial = x509.random_serial_number()
    # Two of them are trusted at a time, and a name that both have leads some who check to the wrong one.
    name = _name(f"OptiPath webhooks CA {serial:x}"[:40])
    usage = _usage(signs_certificates=True)
    certificate = (
        _certificate(name, key, serial, (now - _EARLY, now + AUTHORITY_LIFE))
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return Pair(certificate, key)


def serving(by: Pair, names: Sequence[str], now: datetime) -> Pair:
    """A new certificate of servers with these names."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = by.certificate
    period = now - _EARLY, min(now + SERVING_LIFE, issuer.not_valid_after_utc)
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _certificate(_name("OptiPath webhooks"), key, x509.random_serial_number(), period)
        .issuer_name(issuer.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .sign(by.key, hashes.SHA256())
    )
    return Pair(certificate, key)


def _certificate(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, serial: int, period: tuple[datetime, datetime]
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(period[0])
        .not_valid_after(period[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
