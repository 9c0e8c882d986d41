"""The CustomResourceDefinitions: what they say, and that the files in deploy/crds say the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from optipath_operator.resources.crds import KINDS, Kind, definition, main, text

FILES = Path(__file__).parents[2] / "deploy" / "crds"

kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)

WORDS = {
    "type",
    "format",
    "description",
    "default",
    "enum",
    "pattern",
    "maxLength",
    "minimum",
    "maximum",
    "items",
    "minItems",
    "maxItems",
    "properties",
    "required",
    "additionalProperties",
    "minProperties",
    "maxProperties",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-map-type",
    "x-kubernetes-validations",
}


def parts(schema: dict[str, Any], place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    yield place, schema
    for name, field in schema.get("properties", {}).items():
        yield from parts(field, f"{place}.{name}")
    if "items" in schema:
        yield from parts(schema["items"], f"{place}[]")
    if "additionalProperties" in schema:
        yield from parts(schema["additionalProperties"], f"{place}{{}}")


def schema_of(kind: Kind) -> dict[str, Any]:
    whole: dict[str, Any] = definition(kind)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    return whole


@kinds
def test_the_file_is_what_the_models_make(kind: Kind) -> None:
    assert (FILES / kind.file_name).read_text(encoding="utf-8") == text(kind), "run `make crds`"


def test_there_is_no_other_file() -> None:
    assert {path.name for path in FILES.glob("*.yaml")} == {kind.file_name for kind in KINDS}


def test_the_program_writes_what_the_test_compares(tmp_path: Path) -> None:
    assert main([str(tmp_path / "new")]) == 0
    for kind in KINDS:
        assert (tmp_path / "new" / kind.file_name).read_text(encoding="utf-8") == text(kind)


@pytest.mark.parametrize("arguments", [[], ["a", "b"]])
def test_the_program_says_how_it_is_used(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "DIRECTORY" in capsys.readouterr().err


@kinds
def test_every_part_of_a_schema_has_a_type_and_only_words_of_structural_schemas(kind: Kind) -> None:
    for place, part in parts(schema_of(kind)):
        assert set(part) <= WORDS, place
        assert part["type"] in {"object", "array", "string", "integer"}, place
        assert not ("properties" in part and "additionalProperties" in part), place


@kinds
def test_every_text_list_and_map_is_bounded(kind: Kind) -> None:
    for place, part in parts(schema_of(kind)):
        match part["type"]:
            case "string":
                assert {"maxLength", "enum"} & set(part) or part.get("format") == "date-time", place
            case "array":
                assert part["maxItems"] <= 200, place
                assert part["x-kubernetes-list-type"] in {"map", "set", "atomic"}, place
            case "object":
                assert "properties" in part or "maxProperties" in part, place


@kinds
def test_every_field_is_described_in_one_line(kind: Kind) -> None:
    for place, part in parts(schema_of(kind)["properties"]["spec"], "spec"):
        if not place.endswith(("[]", "{}")):
            assert part["description"].strip(), place
            assert "\n" not in part["description"], place


@kinds
def test_the_key_of_a_list_map_is_required(kind: Kind) -> None:
    lists = [part for _, part in parts(schema_of(kind)) if part.get("x-kubernetes-list-type") == "map"]
    assert lists
    for each in lists:
        assert set(each["x-kubernetes-list-map-keys"]) <= set(each["items"]["required"])


def test_only_defaults_that_say_something_are_written() -> None:
    defaults = {place: part["default"] for kind in KINDS for place, part in parts(schema_of(kind)) if "default" in part}
    assert defaults == {
        ".spec.priority": 100,
        ".spec.rules[].targets[].weight": 1,
        ".spec.sharing": {"from": "Same"},
        ".spec.sharing.from": "Same",
    }


@kinds
def test_columns_find_a_condition_by_its_type(kind: Kind) -> None:
    columns = definition(kind)["spec"]["versions"][0]["additionalPrinterColumns"]
    by_name = {column["name"]: column["jsonPath"] for column in columns}
    assert by_name["Accepted"] == '.status.conditions[?(@.type=="Accepted")].status'
    assert (
        list(by_name)
        == {
            "ModelProvider": ["Type", "URL", "Accepted", "ResolvedRefs", "Age"],
            "RoutingPolicy": ["Priority", "Tier", "Accepted", "ResolvedRefs", "Programmed", "Age"],
        }[kind.name]
    )


@kinds
def test_a_kind_is_found_by_its_short_name_and_category(kind: Kind) -> None:
    spec = definition(kind)["spec"]
    assert spec["scope"] == "Namespaced"
    assert spec["names"]["categories"] == ["optipath"]
    assert spec["names"]["shortNames"] == [{"ModelProvider": "mp", "RoutingPolicy": "rp"}[kind.name]]
    assert spec["versions"][0]["subresources"] == {"status": {}}
