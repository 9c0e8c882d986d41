"""Which namespaces something is for, by their labels."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from optipath_operator.resources.base import Cel, Spec
from optipath_operator.resources.lists import ordered, set_of
from optipath_operator.resources.scalars import LabelKey, LabelValue


class LabelRequirementSpec(Spec):
    """What a label must be."""

    cel: ClassVar = (
        Cel(
            "(self.operator in ['In', 'NotIn']) == has(self.values)",
            "values go with In and NotIn, and with no other operator",
        ),
    )

    key: LabelKey
    """The label's name."""
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    """How it is looked at. NotIn holds for a namespace without the label, too."""
    values: Annotated[tuple[LabelValue, ...] | None, set_of(at_most=16, at_least=1)] = None
    """Its values, of In and NotIn."""

    @model_validator(mode="after")
    def _values_go_with_the_operator(self) -> Self:
        if (self.operator in ("In", "NotIn")) != (self.values is not None):
            raise PydanticCustomError(
                "selector",
                "must have values for {operator}, and has none"
                if self.values is None
                else "must not have values for {operator}",
                {"operator": self.operator},
            )
        return self


class NamespaceSelectorSpec(Spec):
    """Labels of a namespace. All that is named must hold."""

    # Two who apply it must not mix their labels, and one that names nothing would be for everybody.
    model_config = ConfigDict(json_schema_extra={"x-kubernetes-map-type": "atomic", "minProperties": 1})

    match_labels: Annotated[dict[LabelKey, LabelValue], Field(min_length=1, max_length=16)] | None = None
    """Labels that it must have, all of them. Each has `kubernetes.io/metadata.name`, which is its name."""
    match_expressions: Annotated[
        tuple[LabelRequirementSpec, ...] | None, ordered(at_most=16, at_least=1, twice=True)
    ] = None
    """What else must hold of its labels, all of it."""

    @model_validator(mode="after")
    def _names_a_label(self) -> Self:
        if self.match_labels is None and self.match_expressions is None:
            raise PydanticCustomError("selector", "must have matchLabels or matchExpressions, and has neither")
        return self
