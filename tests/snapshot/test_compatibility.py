"""Releases apart: a router and an operator of different ages read each other's files.

compatibility/files/*.json   files as releases wrote them, and one as a later release may
compatibility/read/*.json    what must be read from each; more may be
compatibility/fields.json    the fields of format 1: none may go, none may change its type
"""

import json
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

import pytest

from optipath_snapshot import FORMAT, decode, encode
from optipath_snapshot.part import Part
from support.snapshots import FULL, sealed

HERE = Path(__file__).parent / "compatibility"
FILES = sorted((HERE / "files").glob("*.json"))
FIELDS: dict[str, dict[str, str]] = json.loads((HERE / "fields.json").read_text())
PARTS = {part.__name__: part for part in Part.__subclasses__() if part.__module__.startswith("optipath_snapshot")}

MAPS = ("workload", "quality", "config", "provenance")
"""Fields that hold a tenant's own names, among which none is unknown."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_files_of_every_release_are_read(file: Path) -> None:
    read = decode(file.read_bytes()).snapshot.model_dump(mode="json", exclude_none=True)
    expected = json.loads((HERE / "read" / file.name).read_text())
    assert read == overlaid(read, expected)


def test_this_release_writes_what_release_0_1_0_wrote() -> None:
    written = json.loads(encode(FULL, 3))["snapshot"]
    recorded = json.loads((HERE / "files" / "0.1.0-every-field.json").read_text())["snapshot"]
    assert written == overlaid(written, recorded), "an older router misses what is not written any more: raise FORMAT"


def overlaid(value: Any, expected: Any) -> Any:
    """`value` with all that is expected in its place: equal to it where it says at least as much."""
    match value, expected:
        case dict(), dict():
            return value | {key: overlaid(value.get(key), inner) for key, inner in expected.items()}
        case list(), list() if len(value) == len(expected):
            return [overlaid(mine, theirs) for mine, theirs in zip(value, expected, strict=True)]
        case _:
            return expected


@pytest.mark.parametrize("part", FIELDS)
def test_no_field_of_format_1_is_gone_or_of_another_type(part: str) -> None:
    assert FORMAT == 1, "record the fields of the new format beside these"
    now = fields(PARTS[part])
    # A union may grow: an older router refuses the files that use what it does not know, and keeps what it has.
    changed = {
        name: type_
        for name, type_ in FIELDS[part].items()
        if not alternatives(type_) <= alternatives(now.get(name, ""))
    }
    assert not changed, f"{part} was recorded with {changed}: routers of format 1 would misread it; raise FORMAT"


def alternatives(spelled_type: str) -> set[str]:
    return set(spelled_type.split(" | "))


@pytest.mark.parametrize("part", PARTS)
def test_a_field_that_is_new_can_be_left_out(part: str) -> None:
    new = set(PARTS[part].model_fields) - set(FIELDS.get(part, {}))
    needed = [name for name in new if PARTS[part].model_fields[name].is_required()]
    assert part not in FIELDS or not needed, (
        f"{part}.{needed} is missing in files of older operators: give it a default"
    )


@pytest.mark.parametrize("part", PARTS)
def test_every_field_is_recorded(part: str) -> None:
    assert fields(PARTS[part]) == FIELDS.get(part), f"record {part} in fields.json, so that it is held from now on"


def fields(part: type[Part]) -> dict[str, str]:
    return {name: spelled(field.annotation) for name, field in part.model_fields.items()}


def spelled(annotation: Any) -> str:
    """A type as a reader would write it, the same on every Python."""
    arguments = [argument for argument in get_args(annotation) if argument is not ...]
    match get_origin(annotation):
        case None:
            return "None" if annotation is NoneType else str(annotation.__name__)
        case origin if origin is UnionType or "Union" in str(origin):
            return " | ".join(map(spelled, arguments))
        case origin if "Annotated" in str(origin) or hasattr(annotation, "__metadata__"):
            return spelled(arguments[0])
        case origin if "Literal" in str(origin):
            return " | ".join(map(repr, arguments))
        case origin:
            return f"{origin.__name__}[{', '.join(map(spelled, arguments))}]"


def test_fields_of_a_later_release_are_passed_over_at_every_depth() -> None:
    content = json.loads(encode(FULL, 1))["snapshot"]
    file = sealed(with_more(content), later={"release": "9.0"})
    assert file.count(b'"later"') > 20
    assert decode(file).snapshot == FULL


def with_more(value: Any) -> Any:
    """The same with a field more in every object."""
    match value:
        case dict():
            inner = {key: value[key] if key in MAPS else with_more(value[key]) for key in value}
            return inner | {"later": {"any": [1, "thing", None]}}
        case list():
            return [with_more(item) for item in value]
        case _:
            return value
