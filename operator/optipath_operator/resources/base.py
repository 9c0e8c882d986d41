"""What every resource model has in common, and the rules that CEL states beside it."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.alias_generators import to_camel

GROUP = "optipath.io"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"


@dataclass(frozen=True, slots=True)
class Cel:
    """A rule that a schema cannot say, as the API server checks it.

    Every rule stands a second time in Python, as a validator of the model that
    carries it, for files are read without an API server; a rule about what a
    resource was before has no such twin.
    """

    rule: str
    message: str

    def schema(self) -> dict[str, str]:
        """The rule as an entry of `x-kubernetes-validations`."""
        return {"rule": self.rule, "message": self.message}


def _camel(field: str) -> str:
    return to_camel(field).replace("Mtok", "MTok")


class Spec(BaseModel):
    """A part of a resource: camelCase, immutable, nothing in it that is not known."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=_camel,
        validate_by_name=True,
        use_attribute_docstrings=True,
    )

    cel: ClassVar[tuple[Cel, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: Any) -> Any:
        # As the API server does: `match:` with nothing behind it is a field that is not given.
        if isinstance(value, dict):
            return {key: inner for key, inner in value.items() if inner is not None}
        return value
