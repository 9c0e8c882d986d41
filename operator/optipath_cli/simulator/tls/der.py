"""DER: a tag, a length, a value (X.690, section 8)."""

from base64 import encodebytes


def der(tag: int, value: bytes) -> bytes:
    """A value of any kind."""
    length = len(value).to_bytes((len(value).bit_length() + 7) // 8 or 1)
    return bytes([tag]) + (length if len(value) < 0x80 else bytes([0x80 | len(length)]) + length) + value


def sequence(*parts: bytes) -> bytes:
    """Values one after another."""
    return der(0x30, b"".join(parts))


def integer(value: int) -> bytes:
    """A number that is not negative."""
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1))


def bits(value: bytes) -> bytes:
    """A string of bits, whole bytes of them."""
    return der(0x03, b"\x00" + value)


def octets(value: bytes) -> bytes:
    """A string of bytes."""
    return der(0x04, value)


def pem(label: str, value: bytes) -> str:
    """A value as text between two lines that name it (RFC 7468)."""
    return f"-----BEGIN {label}-----\n{encodebytes(value).decode()}-----END {label}-----\n"
