"""The canonical bytes of a snapshot and their digest."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given

from optipath_snapshot import MAX_BYTES, Pricing, Snapshot, decode, digest, encode
from support.snapshots import FULL, snapshots


@given(snapshot=snapshots())
def test_what_is_written_is_read(snapshot: Snapshot) -> None:
    file = decode(encode(snapshot, 7))
    assert (file.snapshot, file.generation, file.digest) == (snapshot, 7, digest(snapshot))


@given(snapshot=snapshots())
def test_reading_and_writing_again_changes_no_byte(snapshot: Snapshot) -> None:
    data = encode(snapshot, 7)
    assert encode(decode(data).snapshot, 7) == data


def test_a_snapshot_that_says_everything_survives_its_file() -> None:
    assert decode(encode(FULL, 1)).snapshot == FULL


def test_bytes_are_the_same_in_every_process() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from support.snapshots import FULL; "
        "from optipath_snapshot import encode; sys.stdout.buffer.write(encode(FULL, 3))"
    )
    written = {
        subprocess.run(
            [sys.executable, "-c", program, str(Path(__file__).parents[1])],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert written == {encode(FULL, 3)}


def test_the_digest_names_the_content_and_not_the_generation() -> None:
    assert decode(encode(FULL, 1)).digest == decode(encode(FULL, 2)).digest == digest(FULL)
    assert digest(FULL.model_copy(update={"namespace": "team-b"})) != digest(FULL)


def test_the_order_of_map_entries_does_not_show() -> None:
    quality = FULL.targets[0].quality
    turned = FULL.targets[0].model_copy(update={"quality": dict(reversed(quality.items()))})
    assert digest(FULL.model_copy(update={"targets": (turned, *FULL.targets[1:])})) == digest(FULL)


@pytest.mark.parametrize(
    ("written", "shortest"),
    [("0.250", "0.25"), ("100", "100"), ("1E+2", "100"), ("1E-7", "0.0000001"), ("0.00", "0"), ("-0", "0")],
)
def test_money_has_one_way_to_be_written(written: str, shortest: str) -> None:
    pricing = Pricing(input_per_mtok=Decimal(written))
    assert pricing.model_dump(mode="json", exclude_none=True) == {"input_per_mtok": shortest}


def test_a_file_is_one_line_of_json_that_says_its_format() -> None:
    data = encode(FULL, 3)
    assert data.count(b"\n") == 1
    assert data.endswith(b"}\n")
    assert list(json.loads(data)) == ["digest", "format", "generation", "snapshot"]


def test_what_is_not_known_is_not_written() -> None:
    assert b"null" not in encode(FULL, 1)


def test_a_file_leaves_room_in_an_object_of_kubernetes() -> None:
    assert MAX_BYTES < 1024 * 1024
