"""What the operator writes into a resource's status, as its schema says it."""

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from optipath_operator.resources.base import Spec
from optipath_operator.resources.lists import map_by, ordered

# The words themselves are a closed list in conditions.py and not here: Helm does not upgrade a
# CustomResourceDefinition, and an operator with one word more must be able to write it.
_Word = Annotated[str, Field(pattern="^[A-Z][A-Za-z]{0,62}$", max_length=63)]
_Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
_Generation = Annotated[int, Field(ge=0)]

MESSAGE_LENGTH = 32_768
"""Signs that a condition's message may have, as in every condition of Kubernetes."""
INHERITED_SHOWN = 32
"""Inherited fields that a status tells of; the workbench tells of all."""


class ConditionStatus(Spec):
    """One thing that can be said of the resource; true is good."""

    type: _Word
    """What is said, such as Accepted."""
    status: Literal["True", "False", "Unknown"]
    """Whether it holds."""
    reason: _Word
    """Why, in one word."""
    message: Annotated[str, Field(max_length=MESSAGE_LENGTH)]
    """Why, in sentences that name field and value."""
    observed_generation: _Generation
    """Generation of the resource that this was said of."""
    last_transition_time: _Moment
    """When `status` last changed."""


class ResourceStatus(Spec):
    """What the operator makes of the resource."""

    observed_generation: _Generation | None = None
    """Generation that the operator has seen last."""
    conditions: Annotated[tuple[ConditionStatus, ...], map_by("type", at_most=8)] = ()
    """What can be said of the resource, each once."""


class InheritedStatus(Spec):
    """One field that the policy does not say itself, or not as it holds."""

    policy: Annotated[str, Field(max_length=317)]
    """The policy above it that says so, by namespace and name."""
    field: Annotated[str, Field(max_length=128)]
    """The field, such as `resilience.attempts`."""


class PolicyStatus(ResourceStatus):
    """What the operator makes of the policy."""

    tier: Annotated[str, Field(max_length=63)] | None = None
    """The SLA tier of its namespace, as it is in force."""
    inherited: Annotated[tuple[InheritedStatus, ...], ordered(at_most=INHERITED_SHOWN, twice=True)] = ()
    """What policies above it add to its rules or bound in them; the first 32."""
