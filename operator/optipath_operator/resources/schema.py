"""From a resource model to the structural OpenAPI schema that a CustomResourceDefinition carries.

Structural means: every part has a type, and there are no references and no
alternatives. Descriptions are the models' docstrings, and what Kubernetes
says in words of its own is in extensions, `x-kubernetes-…`.
"""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from optipath_operator.resources.base import Cel, Spec

Schema = dict[str, Any]


def structural(model: type[Spec]) -> Schema:
    """The structural schema of a model; the same model makes the same schema, in the same order."""
    whole = model.model_json_schema(schema_generator=_Structural)
    definitions = whole.pop("$defs", {})
    schema: Schema = _inlined(whole, definitions)
    return schema


class _Structural(GenerateJsonSchema):
    """Pydantic's generator, but for what a structural schema must not have."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """A model, with its rules; that it has no other fields is kubectl's to check."""
        made = super().model_schema(schema)
        del made["additionalProperties"]
        return made | _rules(*schema["cls"].cel)

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """What may be null may be left out, which is said by its not being required."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A default is written whole, for it is checked before those inside it apply; an empty one says nothing."""
        made = super().default_schema(schema)
        default = _telling(made.pop("default", None))
        return made if default is None else made | {"default": default}

    def literal_schema(self, schema: core_schema.LiteralSchema) -> JsonSchemaValue:
        """A choice of words, also where there is only one."""
        return {"type": "string", "enum": list(schema["expected"])}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """A map, whose keys only CEL can check."""
        keys, values = self.generate_inner(schema["keys_schema"]), self.generate_inner(schema["values_schema"])
        rule = Cel(
            f"self.all(key, key.size() <= {keys['maxLength']} && key.matches('{keys['pattern']}'))",
            "a key is not of the form that is wanted",
        )
        return {
            "type": "object",
            "additionalProperties": values,
            "minProperties": schema.get("min_length", 0),
            "maxProperties": schema["max_length"],
        } | _rules(rule)


def _rules(*rules: Cel) -> Schema:
    return {"x-kubernetes-validations": [rule.schema() for rule in rules]} if rules else {}


def _telling(default: Any) -> Any:
    """A default without what is empty in it; None where nothing is left."""
    if isinstance(default, Mapping):
        return {key: kept for key, value in default.items() if (kept := _telling(value)) is not None} or None
    return None if default in ([], ()) else default


def _inlined(part: Any, definitions: Schema) -> Any:
    if isinstance(part, list):
        return [_inlined(entry, definitions) for entry in part]
    if not isinstance(part, dict):
        return part
    if reference := part.get("$ref"):
        # What a field says of itself goes before what its type says.
        own = {key: value for key, value in part.items() if key != "$ref"}
        part = definitions[reference.rpartition("/")[2]] | own
    # A title repeats the name of a field or a class; a field of that name is no text.
    told = {key: _inlined(value, definitions) for key, value in part.items() if (key, type(value)) != ("title", str)}
    if isinstance(told.get("description"), str):
        told["description"] = " ".join(told["description"].split())
    return told
