"""The runtime: the live objects of one snapshot, built whole and swapped whole."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial

from msgspec.structs import replace

from optipath_router import plugins
from optipath_router.account import Account, Spending
from optipath_router.call.dispatch import Dispatch
from optipath_router.call.endpoint import Endpoint
from optipath_router.call.health import Healths
from optipath_router.call.layers import layers
from optipath_router.call.limits import Admit, Limits
from optipath_router.call.pools import Origin, Pools, origin
from optipath_router.call.upstream import send
from optipath_router.chat.features import Features
from optipath_router.chat.request import ChatRequest
from optipath_router.chat.says import others, says
from optipath_router.classify import LoadSenses, features, own_senses, understand
from optipath_router.credentials import Keys
from optipath_router.decide.decide import decide
from optipath_router.decide.decision import Decision
from optipath_router.decide.plan import Plan, make_plan, route_id
from optipath_router.errors import RequestRejected
from optipath_router.flow import Flow
from optipath_router.live import Live
from optipath_router.providers import DIALECTS, dialects
from optipath_router.room import Room
from optipath_router.telemetry.metrics import Metrics
from optipath_snapshot import Concurrency, Provider, Saying, Snapshot, SnapshotFile


@dataclass(frozen=True, slots=True)
class Shared:
    """What outlives a reload."""

    keys: Live[Keys]
    account: Account
    metrics: Metrics
    now: Callable[[], float]
    healths: Healths
    pools: Pools = field(default_factory=Pools)
    room: Room = field(default_factory=Room)
    spending: Spending = field(default_factory=Spending)
    limits: Limits = field(default_factory=Limits)
    wall: Callable[[], float] = time.time
    """The time since 1970, for what providers and policies say in dates."""
    senses: LoadSenses = own_senses
    """Asked by runtimes whose policies want a text understood."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What serves requests under one snapshot."""

    file: SnapshotFile
    plan: Plan
    flow: Flow
    explain: Callable[[ChatRequest], Decision]
    """The decision for a request that nobody is called for, and that takes no turn."""
    origins: frozenset[Origin]
    """What it may connect to."""
    limits: tuple[Concurrency, ...]
    """Those that bind this pod."""
    loaded: float
    """A moment of the monotonic clock."""


def build(file: SnapshotFile, labels: Mapping[str, str], shared: Shared) -> Runtime:
    """The runtime for a snapshot, in a pod with these labels; raises ssl.SSLError for a bad CA bundle."""
    snapshot, now = file.snapshot, shared.now
    plan = make_plan(
        snapshot, file.digest, labels, lambda named: plugins.strategy(named, shared.metrics.plugin_failed, now)
    )

    # A type of a newer operator's is not spoken, and its address none of our business.
    spoken = [provider for provider in snapshot.providers if provider.type in DIALECTS]
    dialects.load(provider.type for provider in spoken)
    origins = {provider.name: origin(provider, snapshot.egress) for provider in spoken}

    def endpoint(provider: Provider) -> Endpoint:
        found = origins[provider.name]
        return Endpoint(provider, found.host, DIALECTS[provider.type], shared.pools.transport(found))

    endpoints = {provider.name: endpoint(provider) for provider in spoken}

    draw = partial(random.getrandbits, 64)  # whoever guesses a draw has learnt nothing

    def decided(seen: Features) -> Decision:
        started = now()
        decision = decide(seen, plan, shared.healths.view(), draw())
        shared.metrics.decision_seconds.observe(now() - started)
        return decision

    refine = recognisers(snapshot, labels, shared.metrics.plugin_failed, now)
    classified = classifier(plan, shared.senses, shared.wall, refine)

    def explained(request: ChatRequest) -> Decision:
        return decide(classified(request), plan, shared.healths.view(), draw())

    call = Dispatch(
        layers(partial(send, now=now, room=shared.room, wall=shared.wall), shared.healths, now),
        endpoints,
        keys=lambda: shared.keys.current,
        healths=shared.healths,
        shut_out=plan.shut_out,
        abandoned=shared.account.abandoned,
        now=now,
    )
    limits = tuple(limit for limit in snapshot.concurrency if limit.workload.items() <= labels.items())
    admit = Admit(shared.limits, shared.account.abandoned, shared.metrics, now) if limits else None
    flow = Flow(classified, decided, admit, call, shared.account)
    return Runtime(file, plan, flow, explained, frozenset(origins.values()), limits, now())


def recognisers(
    snapshot: Snapshot, labels: Mapping[str, str], failed: plugins.Failed, now: Callable[[], float]
) -> tuple[plugins.Refine, ...]:
    """The plug-ins that a pod with these labels asks what they see in a request, in their order."""
    own = (named for named in snapshot.classifiers if named.workload.items() <= labels.items())
    return tuple(found for named in own if (found := plugins.classifier(named, failed, now)))


def classifier(
    plan: Plan, load: LoadSenses, wall: Callable[[], float], recognisers: tuple[plugins.Refine, ...] = ()
) -> Callable[[ChatRequest], Features]:
    """What sees in a request that by which the plan decides.

    Senses are loaded here where a rule or a boundary needs any; where only an
    alias does, by the first request for one.
    """
    loaded = cache(load)
    if plan.wants:
        loaded(plan.wants)

    def classified(request: ChatRequest) -> Features:
        seen = features(request)
        if plan.may_translate(seen):
            seen = _heard(seen, request)
        if wanted := plan.wanted(seen):
            seen = understand(seen, request, wanted, loaded(wanted), models=plan.by_model, at=wall, hinted=plan.hints)
        for refine in recognisers:
            seen = refine(request, seen)
        return seen

    return classified


def _heard(seen: Features, request: ChatRequest) -> Features:
    """The features with what the request says. What we cannot read, a provider of the same dialect may."""
    try:
        chat = request.chat()
    except RequestRejected as problem:
        return replace(seen, says=frozenset({Saying.OTHER}), others=(problem.param or "what cannot be read",))
    said = says(chat)
    return replace(seen, says=said, others=others(chat) if Saying.OTHER in said else ())


def settle(runtime: Runtime, shared: Shared) -> None:
    """Let go of what only earlier runtimes used; requests in flight end first."""
    snapshot, healths = runtime.file.snapshot, shared.healths
    healths.limits(snapshot.providers)
    shared.limits.take(runtime.limits)
    healths.keep(snapshot.targets)
    healths.turns.keep([route_id(route) for route in snapshot.routes])
    shared.metrics.keep(_names(snapshot))
    shared.spending.keep({each.name for each in snapshot.providers}, {each.name for each in snapshot.targets})
    shared.pools.keep(runtime.origins)


def _names(snapshot: Snapshot) -> frozenset[str]:
    """Every name of a snapshot's that a metric may carry."""
    names = {provider.name for provider in snapshot.providers}
    for target in snapshot.targets:
        names |= {target.name, target.model}
    for route in snapshot.routes:
        names |= {route.rule, route.policy.full_name}
    names |= {limit.policy.full_name for limit in snapshot.concurrency}
    return frozenset(names)
