"""The model's file: what is not one is refused with a reason."""

import struct

import pytest

from optipath_router.classify.model import SHIPPED, Unreadable, load
from optipath_router.classify.model.format import decode, encode

FILE = SHIPPED.read_bytes()

DAMAGED = {
    "nothing": b"",
    "another file": b"\x7fELF" + FILE,
    "a file of a later format": FILE.replace(b"model-1", b"model-2", 1),
    "half a file": FILE[: len(FILE) // 2],
    "a file whose parts have other sizes": FILE[:25] + struct.pack("<8I", *[7] * 8) + FILE[57:],
    "a file with a bit flipped": FILE[:5000] + bytes([FILE[5000] ^ 1]) + FILE[5001:],
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_a_file_that_is_no_model_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable, match="routing model"):
        load(data)


def test_a_file_read_and_written_again_says_the_same() -> None:
    contents = decode(FILE)
    again = decode(encode(contents))
    assert (again.header, again.checksums, again.tokens) == (contents.header, contents.checksums, contents.tokens)


def test_a_model_with_fewer_rows_than_words_is_refused() -> None:
    contents = decode(FILE)
    lanes = contents.header["lanes"]
    short = type(contents)(contents.header, contents.checksums, contents.tokens[:-lanes], contents.extras)
    with pytest.raises(Unreadable, match="rows"):
        load(encode(short))
