"""References from policies to targets, and what is said of one that leads nowhere."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Self

from optipath_operator.compile.near import NearNames
from optipath_operator.resources import TargetSpec
from optipath_snapshot import Target


def provider_name(owner: str, provider: str, seen_from: str) -> str:
    """The name of a provider in the snapshot of a namespace: with its owner, where that is another one."""
    return provider if owner == seen_from else f"{provider}@{owner}"


@dataclass(frozen=True, slots=True)
class Known:
    """What the policies of one namespace can refer to, on behalf of a namespace that may be another one."""

    namespace: str
    """The policies' own: a target that names none is of this one."""
    seen_from: str
    """Whose snapshot it is."""
    targets: Mapping[str, Target]
    """By the name in that snapshot."""
    left_out: AbstractSet[str]
    """Names of the namespace's own providers that are there, but not in force."""
    near: NearNames
    """For naming what may have been meant."""

    def seen_in(self, namespace: str) -> Self:
        """The same, as policies of another namespace refer to it."""
        return replace(self, namespace=namespace)

    def find(self, wanted: TargetSpec) -> Target | None:
        """The target that a reference leads to; None where it leads nowhere."""
        return self.targets.get(self._name(wanted))

    def why_not(self, wanted: TargetSpec) -> str:
        """Why a reference leads nowhere."""
        owner = wanted.namespace or self.namespace
        asked = f"{wanted.provider}/{wanted.model}"
        not_listed = f"target '{asked}' is not listed by any provider in '{owner}'"
        if owner != self.seen_from:
            # No word of whether it is there: not found and not allowed read the same from outside.
            return not_listed
        if wanted.provider in self.left_out:
            return f"target '{asked}' is left out with its provider '{wanted.provider}'"
        near = self.near.to(self._name(wanted))
        return f"{not_listed}; listed are {', '.join(map(repr, near))}" if near else not_listed

    def _name(self, wanted: TargetSpec) -> str:
        owner = wanted.namespace or self.namespace
        return f"{provider_name(owner, wanted.provider, self.seen_from)}/{wanted.model}"
