"""Data boundaries: which of them bind a request, and whom they leave out."""

from collections.abc import Iterable, Mapping

import msgspec

from optipath_router.chat.features import Features
from optipath_router.decide.decision import BoundaryTrace, LeftOut, Reason
from optipath_snapshot import Boundary, Snapshot, Target, why_not_admitted


class Fence(msgspec.Struct, frozen=True):
    """A boundary, ready to be asked."""

    boundary: Boundary
    sensitivity: frozenset[str]
    """Which requests it binds; empty means all."""
    shut_out: Mapping[str, LeftOut]
    """The targets that it does not admit, by name."""
    wants: frozenset[str]

    def binds(self, features: Features) -> BoundaryTrace | None:
        """That it binds a request, and why; None where it does not."""
        if not self.sensitivity:
            return self._trace("it binds every request")
        found = features.sensitivity
        if found is None:
            return self._trace("the request was not looked through for anything sensitive")
        if there := self.sensitivity & found:
            return self._trace(f"the request holds {' and '.join(sorted(there))}")
        if not features.looked_through:
            return self._trace("a part of the request cannot be looked through")
        return None

    def _trace(self, why: str) -> BoundaryTrace:
        return BoundaryTrace(self.boundary.policy, self.boundary.name, why)


def bound_by(fences: Iterable[Fence], features: Features) -> tuple[tuple[Fence, ...], tuple[BoundaryTrace, ...]]:
    """The boundaries that bind a request, and why each does."""
    bound = [(fence, trace) for fence in fences if (trace := fence.binds(features))]
    return tuple(fence for fence, _ in bound), tuple(trace for _, trace in bound)


def shut_out(target: Target, bound: Iterable[Fence]) -> LeftOut | None:
    """Why no boundary may be crossed to reach a target; None where none is in the way.

    It is asked before candidates are ranked, and again for whoever is to be
    called: whatever has ranked them.
    """
    for fence in bound:
        if left_out := fence.shut_out.get(target.name):
            return left_out
    return None


def fences(snapshot: Snapshot, labels: Mapping[str, str], targets: Iterable[Target]) -> tuple[Fence, ...]:
    """The boundaries that bind a pod with these labels."""
    listed = tuple(targets)
    handling = {provider.name: provider.handling for provider in snapshot.providers}

    def fence(boundary: Boundary) -> Fence:
        shut_out = {
            target.name: LeftOut(
                target.name,
                Reason.DATA_BOUNDARY,
                f"boundary '{boundary.name}' of {boundary.policy}: provider '{target.provider}' {why}",
            )
            for target in listed
            if (why := why_not_admitted(boundary, handling[target.provider]))
        }
        words = frozenset(boundary.sensitivity)
        return Fence(boundary, words, shut_out, frozenset({"sensitivity"}) if words else frozenset())

    return tuple(fence(each) for each in snapshot.boundaries if each.workload.items() <= labels.items())
