"""A key on the curve P-256, which signs. It lives as long as the simulator; the arithmetic takes no care to hide it."""

import hashlib
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Self

from optipath_cli.simulator.tls.der import bits, der, integer, octets, pem, sequence

Point = tuple[int, int]

# SEC 2, section 2.4.2, secp256r1: y² = x³ - 3x + b modulo P, and the point G of order N.
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)

EC_KEY = bytes.fromhex("06072a8648ce3d0201")
P256 = bytes.fromhex("06082a8648ce3d030107")
ECDSA_WITH_SHA256 = bytes.fromhex("06082a8648ce3d040302")


@dataclass(frozen=True, slots=True)
class Key:
    """A private key, and what is public of it."""

    secret: int
    public: bytes
    """The point, uncompressed."""

    @classmethod
    def made(cls) -> Self:
        """A new one."""
        secret = _scalar()
        x, y = _point(secret)
        return cls(secret, b"\x04" + x.to_bytes(32) + y.to_bytes(32))

    @property
    def id(self) -> bytes:
        """What certificates call it (RFC 5280, section 4.2.1.2)."""
        return hashlib.sha1(self.public, usedforsecurity=False).digest()

    def sign(self, data: bytes) -> bytes:
        """An ECDSA signature with SHA-256 (FIPS 186-5, section 6.4.1)."""
        digest = int.from_bytes(hashlib.sha256(data).digest())
        nonce = _scalar()
        r = _point(nonce)[0] % N
        return sequence(integer(r), integer(pow(nonce, -1, N) * (digest + r * self.secret) % N))

    def public_as_der(self) -> bytes:
        """The public key as a certificate has it (RFC 5480)."""
        return sequence(sequence(EC_KEY, P256), bits(self.public))

    def as_pem(self) -> str:
        """The private key (RFC 5915)."""
        return pem("EC PRIVATE KEY", sequence(integer(1), octets(self.secret.to_bytes(32)), der(0xA0, P256)))


def _scalar() -> int:
    """A number that is somebody's secret."""
    return secrets.randbelow(N - 1) + 1


def _point(factor: int) -> Point:
    """So many times G."""
    first, *others = (point for place, point in enumerate(_doubles()) if factor >> place & 1)
    for other in others:
        # What is added is more than all before it together, and the sum less than N: the line is never a tangent
        # or upright.
        first = _line(first, other, (other[1] - first[1]) * pow(other[0] - first[0], -1, P))
    return first


@cache
def _doubles() -> list[Point]:
    """G, 2 G, 4 G, and so on for each bit of a factor."""
    doubles = [G]
    while len(doubles) < N.bit_length():
        x, y = doubles[-1]
        doubles.append(_line((x, y), (x, y), 3 * (x * x - 1) * pow(2 * y, -1, P)))
    return doubles


def _line(a: Point, b: Point, slope: int) -> Point:
    """The sum of two points on a line of this slope."""
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P
