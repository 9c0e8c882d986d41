"""Certificates for servers in tests: an authority of the test's own, and what it has signed."""

import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Pair:
    """What is in a Secret of type `kubernetes.io/tls`."""

    certificate: bytes
    key: bytes
    expires: datetime

    @property
    def files(self) -> Mapping[str, bytes]:
        return {"tls.crt": self.certificate, "tls.key": self.key}


class Authority:
    """Signs certificates for `localhost` and 127.0.0.1."""

    def __init__(self, name: str = "an authority", *, identified: bool = True) -> None:
        """Take whether certificates say whose key has signed them, as those made before 2020 often do not."""
        self._identified = identified
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self._sign(
            self._builder(self._name, self._key, timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(
                x509.KeyUsage(
                    key_cert_sign=True,
                    crl_sign=True,
                    digital_signature=False,
                    content_commitment=False,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
        )

    def pair(self, days: int = 90, *, kind: str = "ec", password: bytes = b"") -> Pair:
        """A new key and its certificate, valid for so many days from today."""
        key: PrivateKey = (
            ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, 2048)
        )
        names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        lasts = timedelta(days=days)
        builder = self._builder(subject, key, lasts).add_extension(names, critical=False)
        if self._identified:
            issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
            builder = builder.add_extension(issuer, critical=False)
        certificate = self._sign(builder)
        encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
        return Pair(_pem(certificate), pem, certificate.not_valid_after_utc)

    @property
    def pem(self) -> bytes:
        """Its own certificate."""
        return _pem(self.certificate)

    def trusted(self) -> ssl.SSLContext:
        """The context of a client that trusts this authority, and no other."""
        context = ssl.create_default_context()
        context.load_verify_locations(cadata=_pem(self.certificate).decode())
        return context

    def _builder(self, subject: x509.Name, key: PrivateKey, lasts: timedelta) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + lasts)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )

    def _sign(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        return builder.sign(self._key, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def shaken(server: ssl.SSLContext, client: ssl.SSLContext) -> bytes:
    """The certificate that a server shows in a handshake, without a socket; raises ssl.SSLError."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    answering = server.wrap_bio(to_server, to_client, server_side=True)
    asking = client.wrap_bio(to_client, to_server, server_hostname="localhost")
    done = False
    while not done:
        try:
            asking.do_handshake()
            done = True
        except ssl.SSLWantReadError:
            pass
        with suppress(ssl.SSLWantReadError):
            answering.do_handshake()
    shown = asking.getpeercert(binary_form=True)
    assert shown
    return ssl.DER_cert_to_PEM_cert(shown).encode()
