"""The operator: everything is built here, once, in order, in the open; then it runs until told to stop."""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import time
from typing import Any, Final

import uvloop

from optipath_operator.catalogue.read import built_in
from optipath_operator.channel.ask import Asker
from optipath_operator.channel.channel import AT_ONCE, Channel
from optipath_operator.channel.evidence import Provided
from optipath_operator.channel.token import Tokens
from optipath_operator.cluster import configmaps, pods, secrets
from optipath_operator.cluster.client import ApiError, Client, NotFound, Unreachable, connect
from optipath_operator.cluster.informer import Everybody, Informer
from optipath_operator.cluster.lease import Lease
from optipath_operator.environment import SettingsError
from optipath_operator.inject.patience import Callers
from optipath_operator.inject.serving import CannotListen, Server, listen
from optipath_operator.probes import probes
from optipath_operator.reconcile import handlers
from optipath_operator.reconcile.census import Census
from optipath_operator.reconcile.certificates import CertificateKeeper
from optipath_operator.reconcile.figures import provided
from optipath_operator.reconcile.gather import Gatherer
from optipath_operator.reconcile.intake import Intake
from optipath_operator.reconcile.loop import Loop
from optipath_operator.reconcile.namespace import Reconciler
from optipath_operator.reconcile.preview import Preview
from optipath_operator.reconcile.rollout import Rollout
from optipath_operator.reconcile.store import Store
from optipath_operator.reconcile.tiers import by_tier
from optipath_operator.reconcile.warnpath import WarnPathKeeper
from optipath_operator.reconcile.worklist import Lane, Worklist
from optipath_operator.resources import Severity
from optipath_operator.settings import Settings, settings
from optipath_operator.telemetry import Metrics, log_as_json
from optipath_operator.warn.serving import serve as warn
from optipath_operator.warn.webhook import Webhook

log = logging.getLogger(__name__)

_STUCK_SECONDS: Final = 300.0
"""A namespace that has waited for so long means that the loop does not turn."""
_GAUGE_SECONDS: Final = 5.0
_KEY_TRIES: Final = 3
_KEY_SECONDS: Final = 300.0
"""How often the status key is read again: an administrator may have changed it."""


def main() -> None:
    """Run `optipath-operator`."""
    try:
        chosen = settings(os.environ)
    except SettingsError as error:
        sys.exit(f"optipath-operator: {error}")
    log_as_json(chosen.log_level)
    # Nearly all that is allocated at the start stays: the collector would look through it hundreds of times.
    gc.set_threshold(50_000, 20, 20)
    try:
        uvloop.run(operate(chosen))
    except CannotListen as error:
        sys.exit(f"optipath-operator: {error}")


async def operate(chosen: Settings) -> None:
    """Reconcile until SIGTERM or SIGINT; raises CannotListen."""
    # Anybody can call there: kubelet and Prometheus do, by IPv4 or IPv6.
    with listen(chosen.port) as port:
        client = await connect()
        asker = Asker(at_once=AT_ONCE)
        try:
            await _Operator(client, asker, chosen).run(port)
        finally:
            await asker.close()
            await client.close()


class _Operator:
    def __init__(self, client: Client, asker: Asker, chosen: Settings) -> None:
        self._client, self._chosen = client, chosen
        self._metrics, self._store = Metrics(), Store(chosen.namespace)
        self._worklist = Worklist(time.monotonic)
        self._lease = Lease(
            client,
            chosen.namespace,
            chosen.identity,
            now=time.monotonic,
            began=self._begin_term,
            ended=self._end_term,
        )
        self._tokens = Tokens()
        self._channel = Channel(
            asker,
            leads=self._lease.leads,
            provided=self._provided,
            report=lambda namespace: self._touch(namespace, Lane.REPORT),
            metrics=self._metrics,
            busy=lambda: self._loop.catching_up,
        )
        self._rollout = Rollout(self._annotate, per_second=chosen.pokes_per_second, busy=lambda: self._loop.catching_up)
        gather = Gatherer(client, self._store, self._touch, catalogue=built_in(), egress=chosen.egress)
        self._loop = Loop(
            Reconciler(
                client,
                self._store,
                gather,
                self._rollout,
                self._metrics,
                channel=self._channel,
                tokens=self._tokens,
                leads=self._lease.leads,
            ),
            client=client,
            worklist=self._worklist,
            store=self._store,
            lease=self._lease,
            metrics=self._metrics,
        )
        self._intake = Intake(self._store, self._touch, self._heard)
        self._census = Census(client, self._store, told=self._intake.missed, lost=self._intake.vanished)
        self._configs = Informer(client, "/api/v1/configmaps", self._intake, selector=configmaps.SELECTOR)
        self._pods = Informer(
            client,
            pods.PATH,
            Everybody(self._rollout, self._channel),
            selector=pods.SELECTOR,
            fields=pods.ALIVE,
            table=True,
        )
        self._certificates = chosen.certificates and CertificateKeeper(
            client, chosen.namespace, chosen.certificates, self._metrics, term=self._lease
        )
        self._warn_path = WarnPathKeeper(
            client, chosen.warnings, self._tokens.warn_path, self._metrics, term=self._lease
        )
        self._preview = Preview(self._store, gather.ahead, all_seen=lambda: self._all_seen)
        self._all_seen = False

    async def run(self, port: socket.socket) -> None:
        """Run everything until a signal, with probes at a port.

        Then the work ends first, and the Lease is given back last.
        """
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        log.info("listening", extra={"probes": port.getsockname()[1]})
        server = Server(probes(self._missing, self._metrics.text), Callers(self._metrics.connections_cut.inc))
        serving = asyncio.create_task(server.serve([port]))
        leading = asyncio.create_task(self._lease.run())
        working = [
            asyncio.create_task(work)
            for work in (
                self._client.outage.run(self._client.answers),
                self._configs.run(),
                self._pods.run(),
                self._rollout.run(),
                self._channel.run(),
                self._gauge(),
                self._reconcile(),
                self._warn(),
                *([self._certificates.run()] if self._certificates else []),
            )
        ]
        watching = asyncio.create_task(self._watch())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([stopping, leading, serving, watching, *working], return_when=asyncio.FIRST_COMPLETED)
        finally:
            log.info("stopping")
            failures = [*await _end(*working), *await _end(leading), *await _end(watching, stopping)]
            server.should_exit = True
            failures += await asyncio.gather(serving, return_exceptions=True)
        for failure in failures:
            if isinstance(failure, Exception):
                raise failure

    async def _warn(self) -> None:
        """Warn whoever writes a resource; every replica does, whoever leads."""
        webhook = Webhook(self._preview, self._tokens.warn_path, self._metrics)
        try:
            await warn(webhook.app(), self._chosen.tls, self._chosen.webhook_port, self._metrics)
        finally:
            self._preview.close()

    async def _watch(self) -> None:
        """Have kopf watch; it looks for our kinds once, so they must be there when it begins."""
        await self._census.served()
        async with handlers.watching(self._intake.seen) as ended:
            await ended
        raise KopfEnded

    async def _reconcile(self) -> None:
        """When everything that was there has been seen, make it so."""
        started = time.monotonic()
        await self._census.served()
        await self._configs.listed.wait()
        await self._pods.listed.wait()
        await self._census.read_all()
        # Before anything is published: else it would all be written again when the key is known.
        await self._read_key()
        self._all_seen = True
        # What is there now stays: the collector need not walk over it again and again.
        gc.collect()
        gc.freeze()
        log.info("everything has been seen", extra={"seconds": round(time.monotonic() - started, 1)})
        await asyncio.gather(self._loop.run(), self._census.run(), self._keep_key(), self._warn_path.run())

    async def _read_key(self) -> None:
        """Take the key of tokens; without one routers are not asked, nobody is warned, and all else goes on."""
        for _ in range(_KEY_TRIES):
            await self._client.outage.over()
            try:
                key = await secrets.status_key(self._client, self._chosen.namespace)
            except Unreachable as error:
                log.warning("the status key cannot be read now: %s", error)
            except ApiError as error:
                # A key that we have stays: to do without it would be to write every snapshot anew.
                log.warning(
                    "the status key cannot be read; without one routers are not asked, and nobody is warned: %s", error
                )
                return
            else:
                if self._tokens.take(key) and self._all_seen:
                    log.info("the status key has changed: every snapshot is written with its new token")
                    self._loop.touch_all()
                return

    async def _keep_key(self) -> None:
        while True:
            await asyncio.sleep(_KEY_SECONDS)
            await self._read_key()

    def _begin_term(self) -> None:
        self._store.begin_term()
        self._channel.begin_term()
        self._loop.begin_term()

    def _end_term(self) -> None:
        self._worklist.clear()
        self._rollout.clear()
        self._channel.end_term()

    def _provided(self, namespace: str) -> dict[str, Provided]:
        state = self._store.state(namespace)
        return provided(state) if state else {}

    def _touch(self, namespace: str | None, lane: Lane) -> None:
        # What is told before everything has been seen is no edit, and all are looked at then anyway.
        if self._all_seen:
            self._loop.touch(namespace, lane)

    def _heard(self, *, listed: bool) -> None:
        self._census.heard(listed=listed)

    async def _annotate(self, namespace: str, pod: str, digest: str) -> int | None:
        await self._client.outage.over()
        if not self._lease.leads():
            return None
        try:
            since = await pods.annotate(self._client, namespace, pod, digest)
        except NotFound:
            return None
        self._metrics.writes.labels("pod").inc()
        self._channel.told(namespace, pod)
        return since

    def _missing(self) -> str:
        if not self._all_seen:
            return "not everything has been seen yet"
        if self._worklist.age() > _STUCK_SECONDS:
            return f"a namespace has waited for {self._worklist.age():.0f} seconds"
        return ""

    async def _gauge(self) -> None:
        while True:
            self._metrics.leader.set(self._lease.leads())
            self._metrics.age.set(self._worklist.age())
            for lane in Lane:
                self._metrics.depth.labels(lane).set(self._worklist.depth(lane))
            for severity in Severity:
                total = sum(state.problems[severity] for _, state in self._store.states())
                self._metrics.problems.labels(severity.lower()).set(total)
            self._metrics.namespaces.clear()  # a tier may be gone
            for tier, count in by_tier(self._store).items():
                self._metrics.namespaces.labels(tier).set(count)
            self._channel.gauge()
            await asyncio.sleep(_GAUGE_SECONDS)


class KopfEnded(Exception):
    """kopf stopped by itself: nothing would be seen any more."""


async def _end(*tasks: asyncio.Task[Any]) -> list[Any]:
    """End tasks, and return what became of them."""
    for task in tasks:
        task.cancel()
    return await asyncio.gather(*tasks, return_exceptions=True)
