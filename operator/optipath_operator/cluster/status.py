"""Conditions and what is told beside them, written into the status of a resource when something of it changes."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from optipath_operator.cluster import paths
from optipath_operator.cluster.client import Client, Json, NotFound
from optipath_operator.resources import GROUP, VERSION, ResourceRef
from optipath_operator.resources.conditions import Condition

_BESIDES: Final = ("tier", "inherited")
"""What the operator tells beside conditions."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What stands in a status, of what the operator writes there."""

    conditions: Mapping[str, Json] = field(default_factory=dict)
    """By type."""
    besides: Json = field(default_factory=dict)


def observed(manifest: Json) -> Observed:
    """What the status of an object from the API server says."""
    status = manifest.get("status") or {}
    conditions = {each["type"]: each for each in status.get("conditions") or () if "type" in each}
    return Observed(conditions, {name: status[name] for name in _BESIDES if name in status})


def differs(wanted: Iterable[Condition], besides: Json, found: Observed) -> bool:
    """Whether a status says something else than it should."""
    return besides != found.besides or any(
        _said(each) != _shown(found.conditions.get(each.type, {})) for each in wanted
    )


async def write(
    client: Client, ref: ResourceRef, wanted: Iterable[Condition], besides: Json, found: Observed
) -> Observed:
    """Write conditions and what is told beside them, and return what stands there; one that is gone needs none."""
    conditions = tuple(wanted)
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    told = [
        _said(each) | {"lastTransitionTime": _since(each, found.conditions.get(each.type, {}), now)}
        for each in conditions
    ]
    body = {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": ref.kind,
        "metadata": {"name": ref.name, "namespace": ref.namespace},
        "status": {
            "observedGeneration": max(each.observed_generation for each in conditions),
            "conditions": told,
            **besides,
        },
    }
    with suppress(NotFound):
        await client.apply(paths.status(ref), body)
    return Observed({each["type"]: each for each in told}, besides)


def _since(condition: Condition, found: Json, now: str) -> str:
    """When a condition took the truth that it has: a new reason is no transition."""
    since: str = found.get("lastTransitionTime", now) if found.get("status") == condition.status else now
    return since


def _said(condition: Condition) -> Json:
    return {
        "type": str(condition.type),
        "status": str(condition.status),
        "reason": str(condition.reason),
        "message": condition.message,
        "observedGeneration": condition.observed_generation,
    }


def _shown(found: Json) -> Json:
    return {name: found.get(name) for name in ("type", "status", "reason", "message", "observedGeneration")}
