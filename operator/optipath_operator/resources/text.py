"""Text of a form: one pattern for a file and for the API server, and words for people."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from optipath_operator.resources.base import Cel


@dataclass(frozen=True)
class Text:
    """What a text must look like. The pattern is one that Python's `re` and Go's RE2 read alike."""

    pattern: str
    wanted: str
    """The pattern in words."""
    at_most: int
    """How many signs it may have."""
    rules: tuple[Cel, ...] = ()
    """What the pattern leaves open."""

    @cached_property
    def _fits(self) -> Callable[[str], object]:
        # The API server's `$` is the end of the text; Python's admits a line feed after it.
        return re.compile(self.pattern.removesuffix("$") + r"\Z").match

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The form first, then what else the type asks for."""
        return core_schema.no_info_before_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Text in Kubernetes, whatever it becomes in Python."""
        schema: JsonSchemaValue = {"type": "string", "maxLength": self.at_most, "pattern": self.pattern}
        if self.rules:
            schema["x-kubernetes-validations"] = [rule.schema() for rule in self.rules]
        return schema

    def _check(self, value: Any) -> str:
        text = str(value) if isinstance(value, Decimal) else value
        if not isinstance(text, str):
            raise PydanticCustomError("form", "must be {wanted}, in quotes", {"wanted": self.wanted})
        if len(text) > self.at_most or not self._fits(text):
            raise PydanticCustomError("form", "must be {wanted}", {"wanted": self.wanted})
        return text
