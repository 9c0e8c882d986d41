"""The composition root: everything is built here, once, in order, in the open."""

import random
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from optipath_router.account import Account, Decisions, Record, Spending, count
from optipath_router.account.line import log_line, prompt_of
from optipath_router.api.admin import Admin
from optipath_router.api.calls import Calls
from optipath_router.api.decisions import DecisionsEndpoint
from optipath_router.api.elsewhere import internal_error, no_endpoint
from optipath_router.api.explain import Explain
from optipath_router.api.models import Models
from optipath_router.api.status import Status
from optipath_router.call.health import USUAL, Healths, HealthSettings
from optipath_router.call.limits import Limit, Limits
from optipath_router.call.pools import Pools
from optipath_router.chat.request import ChatRequest
from optipath_router.credentials import NO_KEYS, Keys
from optipath_router.errors import Outcome
from optipath_router.live import Live
from optipath_router.providers import SURFACES
from optipath_router.room import connections_within, open_files
from optipath_router.runtime import Runtime, Shared
from optipath_router.settings import Settings
from optipath_router.telemetry.decision_log import DecisionLog
from optipath_router.telemetry.metrics import LimitNow, Metrics
from optipath_router.watch import Watch
from optipath_snapshot import Target


@dataclass(frozen=True, slots=True)
class App:
    """The router, ready to be served."""

    api: ASGIApp
    """For the pod alone."""
    admin: Starlette
    """For the node and the cluster."""
    watch: Watch
    calls: Calls
    runtime: Live[Runtime | None]
    shared: Shared
    decision_log: DecisionLog | None


def compose(settings: Settings, health: HealthSettings = USUAL) -> App:
    """A router that serves 503 until its watch has found a snapshot."""
    now, wall = time.monotonic, time.time
    runtime: Live[Runtime | None] = Live(None)
    keys: Live[Keys] = Live(NO_KEYS)
    healths = Healths(now, random.random, lambda: keys.current, health)
    limits, decisions = Limits(now), Decisions()
    metrics = Metrics(lambda: _available(runtime.current, healths), lambda: map(_now, limits), lambda: _tier(runtime))
    spending = Spending()
    lines = _decision_log(settings, metrics)

    def booked(request: ChatRequest, record: Record) -> None:
        count(record, metrics)
        spending.add(record)
        _remember(record, healths)
        if lines:
            lines.add(partial(log_line, record, prompt_of(request.body) if settings.decision_log_prompts else None))

    account = Account(decisions, booked, now=now, wall=wall)
    pools = Pools(most_idle=connections_within(open_files()))
    shared = Shared(keys, account, metrics, now, healths, pools, limits=limits, spending=spending)
    watch = Watch(runtime, shared, settings, wall=wall)
    calls, models, admin = Calls(SURFACES, runtime, metrics, now, wall), Models(runtime), Admin(runtime, metrics, now)
    api = _app(
        [
            # An endpoint that is an object, not a function, is served as plain ASGI.
            *(Route(path, calls, methods=["POST"]) for path in sorted(calls.paths)),
            Route("/v1/models", models.every),
            Route("/v1/models/{name:path}", models.one),
            Route("/optipath/decisions/{id}", DecisionsEndpoint(decisions).get),
            Route("/optipath/explain", Explain(runtime).post, methods=["POST"]),
        ]
    )
    probes = _app(
        [
            Route("/livez", admin.live),
            Route("/readyz", admin.ready),
            Route("/startupz", admin.startup),
            Route("/metrics", admin.metrics),
            Route("/snapshot", admin.snapshot),
            Route("/status", Status(runtime, healths, spending, now).get),
        ]
    )
    return App(_straight_to(calls, api), probes, watch, calls, runtime, shared, lines)


def _decision_log(settings: Settings, metrics: Metrics) -> DecisionLog | None:
    if not (path := settings.decision_log):
        return None
    origin = {
        "namespace": settings.namespace,
        "workload": settings.workload,
        "service_account": settings.service_account,
    }
    known = {name: value for name, value in origin.items() if value}
    return DecisionLog(path, settings.decision_log_bytes, metrics.log_dropped.inc, known)


def _remember(record: Record, healths: Healths) -> None:
    """Note where a conversation was served, for its next turn may be cheaper there."""
    conversation = record.decision.features.conversation
    if not conversation or record.target is None or record.outcome != Outcome.OK:
        return
    if (usage := record.usage) is not None:
        healths.served(conversation, record.target, usage.input_tokens + usage.output_tokens)


def _available(runtime: Runtime | None, healths: Healths) -> list[tuple[Target, bool]]:
    """The targets in force, and whether the health of each lets it be called now."""
    obstacles = healths.view().obstacles
    return [(target, target.name not in obstacles) for target in runtime.file.snapshot.targets] if runtime else []


def _now(limit: Limit) -> LimitNow:
    return LimitNow(*limit.labels, limit.under_way, limit.waiting, limit.concurrency.max_concurrent)


def _tier(runtime: Live[Runtime | None]) -> str | None:
    """The tier in force."""
    return runtime.current.file.snapshot.tier if runtime.current else None


def _straight_to(calls: Calls, others: ASGIApp) -> ASGIApp:
    """All of the API, with no routing before a call: Starlette's takes 9 µs, a third of serving one."""
    paths = calls.paths

    def application(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        wanted = calls if scope["path"] in paths and scope["method"] == "POST" else others
        return wanted(scope, receive, send)

    return application


def _app(routes: list[Route]) -> Starlette:
    app = Starlette(routes=routes, exception_handlers={HTTPException: no_endpoint, Exception: internal_error})
    # A redirect of a POST, to a host that the caller named, helps nobody.
    app.router.redirect_slashes = False
    return app
