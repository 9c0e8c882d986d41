"""The model's file: four parts, each deflated, behind a line that says how long they are.

The header is JSON and describes everything; checksums, rows of words and rows
of marks are bytes. Parts are inflated one by one into buffers of the right
size, so that reading leaves no large holes in a small process.
"""

import json
import struct
import sys
import zlib
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_MAGIC: Final = b"optipath-routing-model-1\n"
_SIZES: Final = struct.Struct("<8I")
_LEVEL: Final = 9


class Unreadable(ValueError):
    """Bytes that are no routing model of this release."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds."""

    header: Mapping[str, Any]
    checksums: "array[int]"
    tokens: bytes
    extras: bytes


def encode(contents: Contents) -> bytes:
    """The file."""
    checksums = struct.pack(f"<{len(contents.checksums)}I", *contents.checksums)
    header = json.dumps(contents.header, separators=(",", ":"), ensure_ascii=False).encode()
    parts = (header, checksums, contents.tokens, contents.extras)
    packed = [zlib.compress(part, _LEVEL) for part in parts]
    sizes = [size for part, short in zip(parts, packed, strict=True) for size in (len(part), len(short))]
    return b"".join((_MAGIC, _SIZES.pack(*sizes), *packed))


def decode(data: bytes) -> Contents:
    """What a file holds; raises Unreadable."""
    if not data.startswith(_MAGIC):
        raise Unreadable(f"no routing model of this release: it begins with {data[: len(_MAGIC)]!r}, not {_MAGIC!r}")
    try:
        sizes = _SIZES.unpack_from(data, len(_MAGIC))
        at = len(_MAGIC) + _SIZES.size
        parts = []
        for size, short in zip(sizes[::2], sizes[1::2], strict=True):
            part = zlib.decompress(memoryview(data)[at : at + short], bufsize=max(1, size))
            if len(part) != size:
                raise Unreadable(f"a routing model's part at byte {at} has {len(part)} bytes, not {size}")
            parts.append(part)
            at += short
        header, checksums, tokens, extras = parts
        return Contents(json.loads(header), _numbers(checksums), tokens, extras)
    except (struct.error, zlib.error, json.JSONDecodeError) as error:
        raise Unreadable(f"a routing model of {len(data)} bytes is cut off or damaged: {error}") from error


def _numbers(data: bytes) -> "array[int]":
    """Unsigned integers of four bytes, little end first; one at a time they would leave half a MiB of holes."""
    numbers = array("I")
    if len(data) % numbers.itemsize:
        raise Unreadable(f"a routing model's checksums take {len(data)} bytes, which is no multiple of four")
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
