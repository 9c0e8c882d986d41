"""What is said of a resource: conditions in its status, figures beside them, and an Event when a condition turns.

Conditions are written when they change. What routers say may wait: `figures.py` knows how long.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from optipath_operator.channel.channel import Channel
from optipath_operator.cluster import events, status
from optipath_operator.cluster.client import ApiError, Client, Json
from optipath_operator.compile.manifests import POLICY
from optipath_operator.reconcile.figures import figures_of, may_wait, propagated_of, still_to_wait
from optipath_operator.reconcile.state import NamespaceState, Stored, Verdict
from optipath_operator.reconcile.wanted import Published
from optipath_operator.resources import Problem, ResourceRef
from optipath_operator.resources.conditions import Condition, ConditionType, Reason, Truth, conditions
from optipath_operator.telemetry import Metrics
from optipath_snapshot import MAX_BYTES


class Reporter:
    """Writes into status what has changed, and nothing else."""

    def __init__(
        self,
        client: Client,
        channel: Channel,
        metrics: Metrics,
        may_write: Callable[[], None],
        now: Callable[[], float],
    ) -> None:
        """Take what raises where this operator may not write any more."""
        self._client, self._channel, self._metrics = client, channel, metrics
        self._may_write, self._now = may_write, now

    async def report(self, namespace: str, state: NamespaceState, verdict: Verdict) -> None:
        """Say of each resource of a namespace what is wrong with it; raises ApiError and Unreachable.

        One that the API server refuses keeps no other from being reported.
        """
        of: defaultdict[ResourceRef, list[Problem]] = defaultdict(list)
        for problem in verdict.problems:
            of[problem.resource].append(problem)
        refused: ApiError | None = None
        withheld: list[float] = []
        for ref, stored in tuple(state.resources.items()):
            said = self._said_of(ref, stored, of[ref], verdict.wanted)
            besides = told_of(ref, verdict) | figures_of(self._channel, ref, stored)
            if not status.differs(said, besides, stored.status):
                continue
            waits = may_wait(said, besides, stored.status)
            since = self._now() - state.figured.get(ref, float("-inf"))
            if waits and (rest := still_to_wait(said, besides, stored, since)) > 0:
                withheld.append(rest)
                continue
            try:
                await self._write(state, ref, stored, said, besides)
            except ApiError as error:
                refused = refused or error
                continue
            if waits:
                state.figured[ref] = self._now()
        state.figured = {ref: at for ref, at in state.figured.items() if ref in state.resources}
        if withheld:
            self._channel.withheld(namespace, min(withheld))
        if refused is not None:
            raise refused

    async def _write(
        self, state: NamespaceState, ref: ResourceRef, stored: Stored, said: tuple[Condition, ...], besides: Json
    ) -> None:
        self._may_write()
        written = await status.write(self._client, ref, said, besides, stored.status)
        self._metrics.writes.labels("status").inc()
        state.note_status(ref, stored, written)
        for condition in turned(said, stored.status.conditions):
            if await events.post(self._client, ref, stored.uid, condition):
                self._metrics.writes.labels("event").inc()

    def _said_of(
        self, ref: ResourceRef, stored: Stored, problems: Sequence[Problem], wanted: Published
    ) -> tuple[Condition, ...]:
        """The conditions of a resource, now that it is known what is in the ConfigMap, and which routers have it."""
        said = {each.type: each for each in conditions(ref.kind, stored.manifest["metadata"]["generation"], problems)}
        accepted = said[ConditionType.ACCEPTED].status is Truth.TRUE
        if (before := said.get(ConditionType.PROGRAMMED)) is not None:
            programmed = _programmed(before.observed_generation, wanted, accepted=accepted)
            said[ConditionType.PROGRAMMED] = programmed
            if programmed.status is Truth.TRUE:
                said[ConditionType.PROPAGATED] = propagated_of(self._channel, ref, stored)
        return tuple(said.values())


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
