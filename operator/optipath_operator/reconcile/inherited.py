"""What holds for a policy though another one says it, from a snapshot: which field, and who says it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from optipath_operator.compile.manifests import POLICY
from optipath_operator.resources import ResourceRef
from optipath_operator.resources.status import INHERITED_SHOWN
from optipath_snapshot import Snapshot


@dataclass(frozen=True, slots=True, order=True)
class Inherited:
    """One field of one policy's rules."""

    policy: str
    """Who says it, by namespace and name: its generation would be news with each of its edits."""
    field: str


def inherited(snapshot: Snapshot) -> Mapping[ResourceRef, tuple[Inherited, ...]]:
    """What each policy inherits, over all of its rules; the first so many."""
    found: defaultdict[ResourceRef, set[Inherited]] = defaultdict(set)
    for route in snapshot.routes:
        ref = ResourceRef(POLICY, route.policy.namespace, route.policy.name)
        found[ref].update(Inherited(says.rpartition("@")[0], field) for field, says in route.provenance.items())
    return {ref: tuple(sorted(fields)[:INHERITED_SHOWN]) for ref, fields in found.items() if fields}
