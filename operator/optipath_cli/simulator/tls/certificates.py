"""Who certifies whom, and what is wrong with it: certificates as RFC 5280 has them."""

import secrets
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, Self

from optipath_cli.simulator.tls.der import bits, der, integer, octets, pem, sequence
from optipath_cli.simulator.tls.key import ECDSA_WITH_SHA256, Key

Certificate = Literal["good", "expired", "early", "wrong-name", "unknown-ca"]
Period = tuple[datetime, datetime]

COMMON_NAME = bytes.fromhex("0603550403")
BASIC_CONSTRAINTS = bytes.fromhex("0603551d13")
KEY_USAGE = bytes.fromhex("0603551d0f")
ALTERNATIVE_NAME = bytes.fromhex("0603551d11")
OWN_KEY_ID = bytes.fromhex("0603551d0e")
ISSUERS_KEY_ID = bytes.fromhex("0603551d23")
TRUE = bytes.fromhex("0101ff")
SIGNS, SIGNS_CERTIFICATES = bytes.fromhex("03020780"), bytes.fromhex("03020106")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Authority:
    """Somebody who certifies."""

    name: str
    key: Key

    @classmethod
    def made(cls, name: str) -> Self:
        """A new one."""
        return cls(name, Key.made())

    def own(self, period: Period) -> str:
        """Its own certificate in PEM, which callers may trust."""
        constraints = _extension(BASIC_CONSTRAINTS, sequence(TRUE), critical=True)
        usage = _extension(KEY_USAGE, SIGNS_CERTIFICATES, critical=True)
        return self._certified(self.name, self.key, period, constraints + usage)

    def server(self, names: tuple[str, ...], key: Key, period: Period) -> str:
        """The certificate in PEM of a server that is called by these names and addresses."""
        constraints = _extension(BASIC_CONSTRAINTS, sequence(), critical=True)
        usage = _extension(KEY_USAGE, SIGNS, critical=True)
        called = _extension(ALTERNATIVE_NAME, sequence(*map(_alternative, names)))
        return self._certified(names[0], key, period, constraints + usage + called)

    def _certified(self, name: str, key: Key, period: Period, extensions: bytes) -> str:
        ids = _extension(OWN_KEY_ID, octets(key.id)) + _extension(ISSUERS_KEY_ID, sequence(der(0x80, self.key.id)))
        told = sequence(
            der(0xA0, integer(2)),
            integer(secrets.randbits(64)),
            sequence(ECDSA_WITH_SHA256),
            _named(self.name),
            sequence(*(der(0x17, moment.strftime("%y%m%d%H%M%SZ").encode()) for moment in period)),
            _named(name),
            key.public_as_der(),
            der(0xA3, sequence(extensions, ids)),
        )
        return pem("CERTIFICATE", sequence(told, sequence(ECDSA_WITH_SHA256), bits(self.key.sign(told))))


def served(certificate: Certificate, host: str) -> tuple[ssl.SSLContext, str]:
    """With what a server at the host speaks TLS, and the authority, in PEM, that its callers trust."""
    now = datetime.now(UTC)
    well = (now - DAY, now + 30 * DAY)
    period = {"expired": (now - 2 * DAY, now - DAY), "early": (now + DAY, now + 2 * DAY)}.get(certificate, well)
    trusted = Authority.made("OptiPath simulator")
    signer = Authority.made("somebody else") if certificate == "unknown-ca" else trusted
    names = ("elsewhere.invalid",) if certificate == "wrong-name" else ("localhost", "127.0.0.1", "::1", host)
    key = Key.made()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        pair = Path(folder, "pair.pem")
        pair.write_text(signer.server(names, key, period) + key.as_pem())
        context.load_cert_chain(pair)
    return context, trusted.own(well)


def _alternative(name: str) -> bytes:
    """A name or address that a server is called by."""
    try:
        return der(0x87, ip_address(name).packed)
    except ValueError:
        return der(0x82, name.encode())


def _extension(kind: bytes, value: bytes, *, critical: bool = False) -> bytes:
    return sequence(kind, TRUE if critical else b"", octets(value))


def _named(name: str) -> bytes:
    """A subject or an issuer."""
    return sequence(der(0x31, sequence(COMMON_NAME, der(0x0C, name.encode()))))
