"""References from policies to targets, and what is said of one that leads nowhere."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from optipath_operator.compile.near import NearNames
from optipath_operator.resources import TargetSpec


@dataclass(frozen=True, slots=True)
class Known:
    """What the policies of a namespace can refer to."""

    namespace: str
    targets: AbstractSet[str]
    left_out: AbstractSet[str]
    """Names of providers that are there, but not in force."""
    near: NearNames
    """For naming what may have been meant."""

    def why_not(self, wanted: TargetSpec) -> str | None:
        """Why a reference leads nowhere; None where it leads to a target."""
        name = f"{wanted.provider}/{wanted.model}"
        namespace = wanted.namespace or self.namespace
        not_listed = f"target '{name}' is not listed by any provider in '{namespace}'"
        if namespace != self.namespace:
            # No word of whether it is there: not found and not allowed read the same from outside.
            return not_listed
        if name in self.targets:
            return None
        if wanted.provider in self.left_out:
            return f"target '{name}' is left out with its provider '{wanted.provider}'"
        near = self.near.to(name)
        return f"{not_listed}; listed are {', '.join(map(repr, near))}" if near else not_listed
