"""Data boundaries: what a provider does with what it is sent, and what a policy wants of it."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from optipath_operator.resources.base import Cel, Spec
from optipath_operator.resources.lists import set_of
from optipath_operator.resources.match import Sensitivity
from optipath_operator.resources.scalars import Region, Retention, RuleName


class HandlingSpec(Spec):
    """Where a provider works on what it is sent, and how long it keeps it. Nobody checks it: you vouch for it."""

    locality: Literal["Cluster", "External"] | None = None
    """Whether nothing leaves the cluster; External if not given."""
    region: Region | None = None
    """Where it works on requests, in the words of your policies, such as eu or eu-central-1; unknown if not given."""
    retention: Retention | None = None
    """How long it keeps them: None, or a number of days such as 30d; unknown if not given."""


class BoundarySpec(Spec):
    """Where requests may go. What is named must be said by the ModelProvider; what it leaves open is not admitted."""

    cel: ClassVar = (
        Cel(
            "has(self.locality) || has(self.regions) || has(self.retention)",
            "locality, regions or retention must be given",
        ),
    )

    name: RuleName
    """Its name, which decisions and refusals show."""
    sensitivity: Annotated[tuple[Sensitivity, ...] | None, set_of(at_most=2, at_least=1)] = None
    """Which requests: those in which any of these was found, or that cannot be looked through; all if not given."""
    locality: Literal["Cluster"] | None = None
    """Only providers in the cluster."""
    regions: Annotated[tuple[Region, ...] | None, set_of(at_most=16, at_least=1)] = None
    """Only providers in these regions. One admits those that begin with it and a hyphen, too: eu admits eu-west-1."""
    retention: Retention | None = None
    """Only providers that keep requests no longer: None, or a number of days such as 30d."""

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if self.locality is None and self.regions is None and self.retention is None:
            raise PydanticCustomError(
                "boundary", "must have locality, regions or retention, or it admits every provider, and has none"
            )
        return self
