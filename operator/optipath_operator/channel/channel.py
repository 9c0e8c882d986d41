"""The status channel: routers are asked what they have, and what comes of it is known here.

    told, published, pods ─▶ Fleet ─▶ Agenda ─ ask ─▶ Router, Evidence ─▶ report

Only the leader asks. After a change each pod is asked until it has it, or for
long enough; at rest a few pods of each namespace, by chance. It all happens in
one task and a bounded number of questions, so many a second, and fewer while
namespaces wait to be looked at.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from optipath_operator.channel.agenda import Agenda
from optipath_operator.channel.answer import Answer
from optipath_operator.channel.ask import Ask, Heard, Outcome
from optipath_operator.channel.evidence import ModelHealth, News, Provided
from optipath_operator.channel.fleet import ROUND_SECONDS, SAMPLE, Fleet, Group, Key
from optipath_operator.channel.router import NEVER, Router, State
from optipath_operator.channel.tally import Tally, tally
from optipath_operator.cluster.client import Json
from optipath_operator.telemetry import Metrics

log = logging.getLogger(__name__)

AT_ONCE: Final = 32
_IN_NAMESPACE: Final = 8
_PER_SECOND: Final = 100.0
_SLOWER: Final = 10
"""How many times fewer are asked while namespaces wait to be looked at: what routers read comes first."""
_AT_REST_PER_SECOND: Final = 50.0
"""More namespaces are asked less often: a thousand, three pods each, every minute."""
_BETWEEN_SECONDS: Final = 5.0
"""Between two reports of a namespace of which nothing but figures has changed."""
_LONG_SECONDS: Final = 30.0
"""A rollout that takes longer is reported on while it is under way."""


class Channel:
    """What routers say. An informer of router pods tells it of those."""

    def __init__(
        self,
        ask: Ask,
        *,
        leads: Callable[[], bool],
        provided: Callable[[str], Mapping[str, Provided]],
        report: Callable[[str], None],
        metrics: Metrics,
        busy: Callable[[], bool] = lambda: False,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        tick_seconds: float = 0.25,
    ) -> None:
        """Take how to ask, a namespace's providers, and whom to call where more is known of a namespace."""
        self._ask, self._leads, self._provided, self._report = ask, leads, provided, report
        self._metrics, self._busy, self._now, self._sleep = metrics, busy, now, sleep
        self._tick_seconds = tick_seconds
        self._fleet, self._agenda = Fleet(now()), Agenda(at_once=AT_ONCE, in_namespace=_IN_NAMESPACE)
        self._allowed = 0
        """How many more may be asked until the next tick."""

    def took(self, found: Json) -> None:
        """Take in a router pod."""
        if (router := self._fleet.took(found, self._now())) is not None:
            self._plan((found["metadata"]["namespace"], found["metadata"]["name"]), router)

    def lost(self, namespace: str, name: str, since: int) -> None:  # noqa: ARG002  as informers tell it
        """Note that a router pod is gone."""
        self._fleet.lost(namespace, name)

    def published(self, namespace: str, digest: str, token: str | None) -> None:
        """Note what a namespace's routers should have, and by which token they tell."""
        for name in self._fleet.published(namespace, digest, token, self._now()):
            if (router := self._fleet.router((namespace, name))) is not None:
                self._plan((namespace, name), router)

    def told(self, namespace: str, pod: str) -> None:
        """Note that a pod was told of the newest configuration."""
        if (router := self._fleet.told((namespace, pod), self._now())) is not None:
            self._plan((namespace, pod), router)

    def forget(self, namespace: str) -> None:
        """Note that nothing is published in a namespace any more."""
        self._fleet.forget(namespace)

    def begin_term(self) -> None:
        """Know nothing yet: another one led."""
        self._agenda.clear()
        self._fleet.begin(self._now())

    def end_term(self) -> None:
        """Ask nobody any more."""
        self._agenda.clear()

    def tally(self, namespace: str, selector: Mapping[str, str]) -> Tally:
        """The routers of a namespace whose labels a selector matches."""
        group = self._fleet.group(namespace)
        return tally(group.routers, selector, shut=group.token is None) if group else Tally()

    def is_long(self, namespace: str) -> bool:
        """Whether a change in our time has been on its way for long enough to be reported on."""
        group = self._fleet.group(namespace)
        return bool(group and group.changed_at is not None and self._now() - group.changed_at >= _LONG_SECONDS)

    def models(self, namespace: str, name: str, models: tuple[str, ...]) -> dict[str, ModelHealth] | None:
        """How a provider's models do; None while nothing was heard of any of them."""
        group = self._fleet.group(namespace)
        known = group.evidence.models(name, models, self._now()) if group else {}
        return {model: known.get(model, ModelHealth()) for model in models} if known else None

    def spend(self, namespace: str, name: str, uid: str) -> str | None:
        """Dollars spent at a provider, coarse; None while nothing was heard of it."""
        group = self._fleet.group(namespace)
        dollars = group.evidence.spend(name, uid) if group else None
        return None if dollars is None else f"{dollars:.{2 if dollars >= 1 else 4}f}"

    def withheld(self, namespace: str, seconds: float) -> None:
        """Have a namespace reported again after so long: something was not told, for it was too soon."""
        if (group := self._fleet.group(namespace)) is not None:
            later = self._now() + max(seconds, _BETWEEN_SECONDS)
            # What has come to be known meanwhile has a moment of its own.
            group.report_at = min(group.report_at, later) if group.dirty else later
            group.dirty = True

    async def run(self) -> None:
        """Ask, for as long as this task lives."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                if self._leads():
                    self._tick(tasks)
                await self._sleep(self._tick_seconds)

    def gauge(self) -> None:
        """Show how many routers are in each state."""
        states = self._fleet.states()
        for state in State:
            self._metrics.routers.labels(state).set(states[state])

    def _tick(self, tasks: asyncio.TaskGroup) -> None:
        now = self._now()
        groups = list(self._fleet.groups())
        pause = max(ROUND_SECONDS, len(groups) * SAMPLE / _AT_REST_PER_SECOND)
        for namespace, group in groups:
            if group.is_open and now >= group.round_at:
                group.round_at = now + pause
                if not self._agenda.is_busy(namespace):
                    for name in self._fleet.sample(group):
                        self._agenda.at((namespace, name), now)
            self._tell(namespace, group, now)
        self._allowed = math.ceil(_PER_SECOND * self._tick_seconds / (_SLOWER if self._busy() else 1))
        self._go_on(tasks)

    def _go_on(self, tasks: asyncio.TaskGroup) -> None:
        """Ask whose turn it is, as long as more may be asked until the next tick."""
        while self._allowed and self._leads() and (key := self._agenda.next(self._now())) is not None:
            self._allowed -= 1
            tasks.create_task(self._question(key, tasks))

    def _tell(self, namespace: str, group: Group, now: float) -> None:
        """Have a namespace reported of which more is known, at most once in a while; nobody waits for half of it."""
        if not group.dirty or group.digest is None or now < group.report_at:
            return
        if not group.is_awaited or now - group.reported_at >= _LONG_SECONDS:
            group.dirty, group.reported_at, group.report_at = False, now, now + _BETWEEN_SECONDS
            self._report(namespace)

    async def _question(self, key: Key, tasks: asyncio.TaskGroup) -> None:
        try:
            group, router = self._fleet.group(key[0]), self._fleet.router(key)
            if group is not None and router is not None and group.token is not None and router.address:
                heard = await self._ask(router.address, group.token)
                self._metrics.asks.labels(heard.outcome).inc()
                # It may have become another pod's name, or another leader's business, while we waited.
                if self._fleet.router(key) is router and self._fleet.group(key[0]) is group:
                    self._heard(key, group, router, heard)
        except Exception:
            # One router must not stop the others, whatever it says.
            log.exception("cannot take in what a router said", extra={"namespace": key[0], "pod": key[1]})
            if (router := self._fleet.router(key)) is not None:
                router.silent(self._now())
                self._plan(key, router)
        finally:
            self._agenda.done(key)
        self._go_on(tasks)

    def _heard(self, key: Key, group: Group, router: Router, heard: Heard) -> None:
        now, before = self._now(), (router.state, router.awaited)
        if router.state is State.LEAVING:
            router.due = NEVER
        elif heard.answer is not None and heard.answer.digest == group.digest:
            router.agreed()
            self._arrived(key[1], group, heard.answer, now)
        elif heard.outcome in (Outcome.ANSWERED, Outcome.REFUSED):
            router.disagreed(now)
        else:
            router.silent(now)
        self._plan(key, router)
        if (router.state, router.awaited) != before:
            group.dirty, group.report_at = True, 0.0
        if heard.answer is not None:
            news = group.evidence.heard(router.uid, heard.answer, self._provided(key[0]), now)
            group.dirty = group.dirty or news is not News.NOTHING
            if news is News.HEALTH:
                # What somebody looks for does not wait for the figures that may.
                group.report_at = min(group.report_at, now + _BETWEEN_SECONDS)

    def _arrived(self, pod: str, group: Group, answer: Answer, now: float) -> None:
        """Measure how long a change took, to the moment at which the router says that it took it."""
        if group.changed_at is not None and pod in group.behind:
            group.behind.discard(pod)
            self._metrics.propagation.observe(max(0.0, now - group.changed_at - answer.age_seconds))

    def _plan(self, key: Key, router: Router) -> None:
        self._agenda.at(key, router.due)
