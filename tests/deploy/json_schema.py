"""What a value has against a JSON schema, for the words that our schemas use.

Formats, and the extensions that only an API server understands, are passed over.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}

WORDS: Final = frozenset(
    [
        "type",
        "enum",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "properties",
        "required",
        "additionalProperties",
        "minProperties",
        "maxProperties",
        "items",
        "minItems",
        "maxItems",
        "anyOf",
    ]
)


def parts(schema: Schema) -> Iterator[Schema]:
    """A schema and every schema in it."""
    yield schema
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ()), schema.get("items")]
    for each in (*inner, schema.get("additionalProperties")):
        if isinstance(each, Mapping):
            yield from parts(each)


def complaints(schema: Schema, value: Any, place: str = "") -> list[str]:
    """One text for each thing that is wrong, with its place."""
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [f"{place}: {value!r} is no {kind}"]
    found = []
    if value not in schema.get("enum", [value]):
        found.append(f"{place}: {value!r} is none of {schema['enum']}")
    if "anyOf" in schema and all(complaints(each, value) for each in schema["anyOf"]):
        found.append(f"{place}: fits none of the alternatives")
    match value:
        case dict():
            found += _about_object(schema, value, place)
        case list():
            found += _out_of_bounds(schema, "minItems", "maxItems", len(value), place)
            for index, item in enumerate(value):
                found += complaints(schema.get("items", {}), item, f"{place}[{index}]")
        case str():
            found += _out_of_bounds(schema, "minLength", "maxLength", len(value), place)
            if "pattern" in schema and not re.search(schema["pattern"], value):
                found.append(f"{place}: {value!r} is not of the form {schema['pattern']}")
        case int() | float():
            found += _out_of_bounds(schema, "minimum", "maximum", value, place)
    return found


def _about_object(schema: Schema, value: Mapping[str, Any], place: str) -> list[str]:
    found = [f"{place}: has no {name}" for name in schema.get("required", ()) if name not in value]
    found += _out_of_bounds(schema, "minProperties", "maxProperties", len(value), place)
    known = schema.get("properties", {})
    # As kubectl has it: where fields are named, there are no others.
    others = schema.get("additionalProperties", not known)
    for name, field in value.items():
        if name in known:
            found += complaints(known[name], field, f"{place}.{name}")
        elif isinstance(others, Mapping):
            found += complaints(others, field, f"{place}.{name}")
        elif not others:
            found.append(f"{place}: has no field {name}")
    return found


def _out_of_bounds(schema: Schema, low: str, high: str, number: float, place: str) -> list[str]:
    if schema.get(low, number) <= number <= schema.get(high, number):
        return []
    return [f"{place}: {number} is not from {schema.get(low)} to {schema.get(high)}"]
