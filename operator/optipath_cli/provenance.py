"""Where each field of each route comes from, as far as its own policy does not say it."""

from collections.abc import Iterator
from dataclasses import dataclass

from optipath_snapshot import HedgeAfter, HedgeDelay, Resilience, Route, Snapshot

USUAL = "the default"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one field comes from."""

    policy: str
    rule: str
    field: str
    value: str
    source: str
    """The policy that says so, as `namespace/name@generation`, or that it is what is usual."""


def origins(snapshot: Snapshot) -> Iterator[Origin]:
    """The fields of all routes, in the order in which those are asked."""
    for route in snapshot.routes:
        yield from origins_of(route, snapshot)


def origins_of(route: Route, snapshot: Snapshot) -> Iterator[Origin]:
    """The fields of a route: who denies which of its targets, how long and how often it tries, how much it may take."""
    policy = str(route.policy)
    usual = dict(_fields(Resilience()))
    targets = {target.name: target for target in snapshot.targets}
    for used in route.targets:
        denier = targets[used.target].denied_by
        yield Origin(policy, route.rule, "targets", used.target + (", denied" if denier else ""), str(denier or policy))
    for field, value in _fields(route.resilience):
        own = USUAL if value == usual[field] else policy
        yield Origin(policy, route.rule, field, value, route.provenance.get(field, own))
    if limit := _limit(route, snapshot):
        field = "limits.maxConcurrent"
        yield Origin(policy, route.rule, field, str(limit), route.provenance.get(field, policy))


def _limit(route: Route, snapshot: Snapshot) -> int | None:
    """How many requests of a route may be under way: of its policy's rules, or else of all."""
    own = (each.max_concurrent for each in snapshot.concurrency if not each.whole and each.policy == route.policy)
    whole = (each.max_concurrent for each in snapshot.concurrency if each.whole)
    return next(own, None) or min(whole, default=None)


def _fields(resilience: Resilience) -> Iterator[tuple[str, str]]:
    yield "resilience.attempts", str(resilience.attempts)
    yield "resilience.requestTimeout", f"{resilience.request_timeout_seconds:g}s"
    yield "resilience.connectTimeout", f"{resilience.connect_timeout_seconds:g}s"
    yield "resilience.firstTokenTimeout", f"{resilience.first_token_timeout_seconds:g}s"
    yield "resilience.idleTimeout", f"{resilience.idle_timeout_seconds:g}s"
    yield "resilience.backoff.base", f"{resilience.backoff_base_seconds:g}s"
    yield "resilience.backoff.max", f"{resilience.backoff_max_seconds:g}s"
    yield "resilience.hedge", _hedge(resilience.hedge)


def _hedge(hedge: HedgeAfter | None) -> str:
    if hedge is None:
        return "never"
    return f"after {hedge.seconds:g}s" if isinstance(hedge, HedgeDelay) else f"after p{hedge.quantile * 100:g}"
