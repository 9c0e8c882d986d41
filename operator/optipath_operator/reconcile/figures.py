"""What routers say, in a status: how, and how often.

A condition is written when it changes. What comes from routers may change
all the time, and what one of them says is a tenant's word, so it waits: a
figure is written at most once a minute for an object, and spend, which grows
with each request, only every five minutes or so, unless something else is
written there. A thousand providers are then three writes a second; each has
its own minute. Nothing waits that somebody looks for: what routers make of an
edit is told at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from zlib import crc32

from optipath_operator.channel.channel import Channel
from optipath_operator.channel.evidence import ModelHealth, Provided, of_all
from optipath_operator.channel.tally import propagated
from optipath_operator.cluster import status
from optipath_operator.cluster.client import Json
from optipath_operator.cluster.status import FIGURES, Observed
from optipath_operator.compile.manifests import PROVIDER
from optipath_operator.compile.references import has_scope
from optipath_operator.reconcile.state import NamespaceState, Stored
from optipath_operator.resources import ResourceRef
from optipath_operator.resources.conditions import Condition, ConditionType, Reason, Truth
from optipath_operator.resources.health import Health
from optipath_operator.resources.reading import Manifest

_FIGURES_SECONDS: Final = 60.0
_SPEND_SECONDS: Final = 300.0
_SPEND: Final = "spend"


def figures_of(channel: Channel, ref: ResourceRef, stored: Stored) -> Json:
    """The figures in a resource's status; where nothing was heard, those that stand there."""
    shown = stored.status.besides
    if ref.kind == PROVIDER:
        return _of_provider(channel, ref, stored, shown)
    if has_scope(stored.manifest):
        return {}
    counted = channel.tally(ref.namespace, selector(stored.manifest))
    if counted.waits and not channel.is_long(ref.namespace):
        return {name: shown[name] for name in ("routers",) if name in shown}
    return {"routers": counted.figure}


def propagated_of(channel: Channel, ref: ResourceRef, stored: Stored) -> Condition:
    """Whether routers have a policy that is in the ConfigMap; while they are asked, what was known of it before."""
    generation: int = stored.manifest["metadata"]["generation"]
    if has_scope(stored.manifest):
        told = "it speaks to other namespaces, whose own policies tell what their routers have"
        return Condition(ConditionType.PROPAGATED, Truth.UNKNOWN, Reason.NOT_ASKED, told, generation)
    counted = channel.tally(ref.namespace, selector(stored.manifest))
    made, found = propagated(counted, generation), stored.status.conditions.get(ConditionType.PROPAGATED, {})
    if counted.waits and found.get("observedGeneration") == generation and found.get("reason") in set(Reason):
        # One edit in a namespace would else be two writes for each of its policies.
        truth, reason, told = Truth(found["status"]), Reason(found["reason"]), found.get("message", "")
        return replace(made, status=truth, reason=reason, message=told)
    return made


def may_wait(said: Iterable[Condition], besides: Json, found: Observed) -> bool:
    """Whether a status differs from what it should say in nothing that somebody waits for."""
    plain = Observed(found.conditions, _without_figures(found.besides))
    conditions = [each for each in said if each.type is not ConditionType.PROPAGATED or _is_news(each, found)]
    return not status.differs(conditions, _without_figures(besides), plain)


def still_to_wait(said: Iterable[Condition], besides: Json, stored: Stored, since: float) -> float:
    """How many seconds what may wait still has to, so many after the last time; not more than 0 when it has come."""
    found = stored.status
    apart = {name: value for name, value in besides.items() if name != _SPEND}
    others = {name: value for name, value in found.besides.items() if name != _SPEND}
    if status.differs(said, apart, Observed(found.conditions, others)):
        return _FIGURES_SECONDS - since
    # Providers that were last written together drift apart.
    return _SPEND_SECONDS * (1 + crc32(stored.uid.encode()) % 64 / 128) - since


def provided(state: NamespaceState) -> dict[str, Provided]:
    """The providers of a namespace, as far as its routers may speak of them."""
    return {
        ref.name: Provided(stored.uid, frozenset(models(stored.manifest)), _dollars(stored.status.besides.get(_SPEND)))
        for ref, stored in state.resources.items()
        if ref.kind == PROVIDER
    }


def models(manifest: Manifest) -> tuple[str, ...]:
    """The names of a provider's models, as they are written."""
    match manifest:
        case {"spec": {"models": list(listed)}}:
            return tuple(
                each["name"] for each in listed if isinstance(each, dict) and isinstance(each.get("name"), str)
            )
    return ()


def selector(manifest: Manifest) -> Mapping[str, str]:
    """The labels that pods must have for a policy to apply to them."""
    match manifest:
        case {"spec": {"workloadSelector": {"matchLabels": dict(labels)}}}:
            return labels
    return {}


def _of_provider(channel: Channel, ref: ResourceRef, stored: Stored, shown: Mapping[str, Any]) -> Json:
    names = models(stored.manifest)
    known = channel.models(ref.namespace, ref.name, names)
    told: Json = {"modelCount": len(names)}
    if known is None:
        told |= {"health": str(Health.UNKNOWN)} | {
            name: shown[name] for name in ("health", "lastError", "models") if name in shown
        }
    else:
        told |= _health(known)
    spend = channel.spend(ref.namespace, ref.name, stored.uid) or shown.get(_SPEND)
    return told if spend is None else told | {_SPEND: spend}


def _health(known: Mapping[str, ModelHealth]) -> Json:
    tried = {name: each for name, each in known.items() if each.health is not Health.UNKNOWN or each.error}
    # Of the model that does worst, for that is what somebody looks for.
    worst = [each.error for each in sorted(tried.values(), key=_badness) if each.error]
    return {
        "health": str(of_all(tried.values())),
        **({"lastError": str(worst[-1])} if worst else {}),
        "models": [
            {"name": name, "health": str(each.health), "breaker": str(each.breaker)}
            | ({"lastError": str(each.error)} if each.error else {})
            for name, each in tried.items()
        ],
    }


def _badness(each: ModelHealth) -> int:
    return (Health.UNKNOWN, Health.HEALTHY, Health.DEGRADED, Health.DOWN).index(each.health)


def _is_news(said: Condition, found: Observed) -> bool:
    """Whether somebody waits for it: it is of another generation than what stands there, or nothing was known."""
    shown = found.conditions.get(said.type, {})
    if shown.get("observedGeneration") != said.observed_generation:
        return True
    if shown.get("reason") == Reason.PENDING:
        return said.reason is not Reason.PENDING
    return shown.get("status") == Truth.UNKNOWN and said.status is not Truth.UNKNOWN


def _without_figures(besides: Mapping[str, Any]) -> Json:
    return {name: value for name, value in besides.items() if name not in FIGURES}


def _dollars(text: Any) -> Decimal | None:
    try:
        found = Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and found >= 0 else None
