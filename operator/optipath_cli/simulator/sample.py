"""A JSON value that satisfies a schema, for as much of JSON Schema as structured output allows."""

from typing import Any

Schema = dict[str, Any]

DEPTH = 12
"""Levels of nesting after which a schema that holds itself is given null."""


def sample(schema: Schema) -> Any:
    """The plainest value that satisfies the schema; null where it goes deeper than `DEPTH`."""
    return _sample(schema, schema, DEPTH)


def _sample(schema: Schema, root: Schema, depth: int) -> Any:
    """The value at one place; references are looked up in the root."""
    if depth == 0:
        return None
    if "$ref" in schema:
        return _sample(_referred(schema["$ref"], root), root, depth - 1)
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    for choices in ("anyOf", "oneOf", "allOf"):
        if schema.get(choices):
            return _sample(schema[choices][0], root, depth - 1)
    return _of_kind(schema, root, depth)


def _of_kind(schema: Schema, root: Schema, depth: int) -> Any:
    """The value where the schema says no more than its type and bounds."""
    match _kind(schema):
        case "object":
            properties: dict[str, Schema] = schema.get("properties", {})
            return {name: _sample(part, root, depth - 1) for name, part in properties.items()}
        case "array":
            return [_sample(schema.get("items", {}), root, depth - 1)] * schema.get("minItems", 1)
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "null":
            return None
        case _:
            return "text".ljust(schema.get("minLength", 0), ".")


def _kind(schema: Schema) -> str:
    """The type that a schema asks for, the first if it allows several."""
    kind: str | list[str] = schema.get("type", "object" if "properties" in schema else "string")
    return kind[0] if isinstance(kind, list) else kind


def _referred(reference: str, root: Schema) -> Schema:
    """The schema at `#/$defs/…`."""
    found = root
    for name in reference.removeprefix("#").split("/")[1:]:
        found = found[name]
    return found
