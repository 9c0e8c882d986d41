"""What is said of a resource: conditions in its status, and an Event when one of them turns."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from optipath_operator.cluster import events, status
from optipath_operator.cluster.client import ApiError, Client, Json
from optipath_operator.compile.manifests import POLICY
from optipath_operator.reconcile.state import NamespaceState, Stored, Verdict
from optipath_operator.reconcile.wanted import Published
from optipath_operator.resources import Problem, ResourceRef
from optipath_operator.resources.conditions import Condition, ConditionType, Reason, Truth, conditions
from optipath_operator.telemetry import Metrics
from optipath_snapshot import MAX_BYTES


class Reporter:
    """Writes into status what has changed, and nothing else."""

    def __init__(self, client: Client, metrics: Metrics, may_write: Callable[[], None]) -> None:
        """Take what raises where this operator may not write any more."""
        self._client, self._metrics, self._may_write = client, metrics, may_write

    async def report(self, state: NamespaceState, verdict: Verdict) -> None:
        """Say of each resource of a namespace what is wrong with it; raises ApiError and Unreachable.

        One that the API server refuses keeps no other from being reported.
        """
        of: defaultdict[ResourceRef, list[Problem]] = defaultdict(list)
        for problem in verdict.problems:
            of[problem.resource].append(problem)
        refused: ApiError | None = None
        for ref, stored in tuple(state.resources.items()):
            said = said_of(ref, stored, of[ref], verdict.wanted)
            besides = told_of(ref, verdict)
            if not status.differs(said, besides, stored.status):
                continue
            self._may_write()
            try:
                written = await status.write(self._client, ref, said, besides, stored.status)
            except ApiError as error:
                refused = refused or error
                continue
            self._metrics.writes.labels("status").inc()
            state.note_status(ref, stored, written)
            for condition in turned(said, stored.status.conditions):
                if await events.post(self._client, ref, stored.uid, condition):
                    self._metrics.writes.labels("event").inc()
        if refused is not None:
            raise refused


def said_of(ref: ResourceRef, stored: Stored, problems: Sequence[Problem], wanted: Published) -> tuple[Condition, ...]:
    """The conditions of a resource, now that it is known what is in the ConfigMap."""
    said = conditions(ref.kind, stored.manifest["metadata"]["generation"], problems)
    accepted = all(each.status is Truth.TRUE for each in said if each.type is ConditionType.ACCEPTED)
    return tuple(
        _programmed(each.observed_generation, wanted, accepted=accepted)
        if each.type is ConditionType.PROGRAMMED
        else each
        for each in said
    )


def told_of(ref: ResourceRef, verdict: Verdict) -> Json:
    """What a policy's status says beside its conditions."""
    if ref.kind != POLICY:
        return {}
    inherited = [{"policy": each.policy, "field": each.field} for each in verdict.inherited.get(ref, ())]
    return ({"tier": verdict.tier} if verdict.tier else {}) | ({"inherited": inherited} if inherited else {})


def turned(said: Iterable[Condition], before: Mapping[str, Mapping[str, object]]) -> Iterator[Condition]:
    """Those that became false, or true again after that; a good beginning is no news."""
    for condition in said:
        was_false = before.get(condition.type, {}).get("status") == Truth.FALSE
        if condition.status is (Truth.TRUE if was_false else Truth.FALSE):
            yield condition


def _programmed(generation: int, wanted: Published, *, accepted: bool) -> Condition:
    of = ConditionType.PROGRAMMED
    if not wanted.fits:
        told = f"the namespace's configuration takes {wanted.size} bytes, and {MAX_BYTES} is the most"
        return Condition(of, Truth.FALSE, Reason.TOO_LARGE, told, generation)
    if not accepted:
        return Condition(of, Truth.FALSE, Reason.INVALID, "what is written is not accepted", generation)
    return Condition(of, Truth.TRUE, Reason.PROGRAMMED, "", generation)
