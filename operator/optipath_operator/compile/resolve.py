"""References from policies to targets, and what is said of one that leads nowhere."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Self

from optipath_operator.compile.near import NearNames
from optipath_operator.resources import TargetSpec
from optipath_snapshot import PolicyRef, Target


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

    def name(self, wanted: TargetSpec) -> str:
        """The name that a target has in the snapshot, if it is there."""
        owner = wanted.namespace or self.namespace
        return f"{provider_name(owner, wanted.provider, self.seen_from)}/{wanted.model}"

    def denied_by(self, wanted: TargetSpec) -> PolicyRef | None:
        """Who keeps the namespace from a target that is there; None where it may be used."""
        return self.targets[self.name(wanted)].denied_by

    def why_not(self, wanted: TargetSpec) -> str | None:
        """Why a reference leads nowhere; None where it leads to a target."""
        name = self.name(wanted)
        if name in self.targets:
            return None
        owner = wanted.namespace or self.namespace
        asked = f"{wanted.provider}/{wanted.model}"
        not_listed = f"target '{asked}' is not listed by any provider in '{owner}'"
        if owner != self.seen_from:
            # No word of whether it is there: not found and not allowed read the same from outside.
            return not_listed
        if wanted.provider in self.left_out:
            return f"target '{asked}' is left out with its provider '{wanted.provider}'"
        near = self.near.to(name)
        return f"{not_listed}; listed are {', '.join(map(repr, near))}" if near else not_listed
