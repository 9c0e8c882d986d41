"""Values made from schemas."""

from typing import Any

import pytest

from optipath_cli.simulator.sample import sample

SCHEMAS: dict[str, tuple[dict[str, Any], Any]] = {
    "an object has all its properties": (
        {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 3}}},
        {"city": "text", "days": 3},
    ),
    "an enum gives its first value": ({"enum": ["celsius", "kelvin"]}, "celsius"),
    "an array has one item": ({"type": "array", "items": {"type": "boolean"}}, [True]),
    "an array has as many items as it must": ({"type": "array", "items": {"const": 1}, "minItems": 2}, [1, 1]),
    "the first of several types": ({"type": ["number", "null"]}, 1),
    "the first of any": ({"anyOf": [{"type": "null"}, {"type": "string"}]}, None),
    "a string is long enough": ({"type": "string", "minLength": 6}, "text.."),
    "a reference is followed": ({"$ref": "#/$defs/A", "$defs": {"A": {"const": "found"}}}, "found"),
    "no type is a string": ({}, "text"),
}


@pytest.mark.parametrize(("schema", "value"), SCHEMAS.values(), ids=SCHEMAS)
def test_a_schema_gives(schema: dict[str, Any], value: Any) -> None:
    assert sample(schema) == value


def test_a_schema_that_holds_itself_comes_to_an_end() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}
    value = sample({"$ref": "#/$defs/Node", "$defs": {"Node": node}})
    depth = 0
    while value is not None:
        value, depth = value["next"], depth + 1
    assert 1 < depth < 12
