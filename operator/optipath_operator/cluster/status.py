"""Conditions, written into the status of the resource that they are of, when they change."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from optipath_operator.cluster import paths
from optipath_operator.cluster.client import Client, Json, NotFound
from optipath_operator.resources import GROUP, VERSION, ResourceRef
from optipath_operator.resources.conditions import Condition

Observed = Mapping[str, Json]
"""Conditions as they stand in a status, by type."""


def observed(manifest: Json) -> Observed:
    """The conditions in an object from the API server."""
    status = manifest.get("status") or {}
    return {each["type"]: each for each in status.get("conditions") or () if "type" in each}


def differs(wanted: Iterable[Condition], found: Observed) -> bool:
    """Whether a status says something else than it should."""
    return any(_said(each) != _shown(found.get(each.type, {})) for each in wanted)


async def write(client: Client, ref: ResourceRef, wanted: Iterable[Condition], found: Observed) -> Observed:
    """Write the conditions of a resource, and return them as they stand there; one that is gone needs none."""
    conditions = tuple(wanted)
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    told = [_said(each) | {"lastTransitionTime": _since(each, found.get(each.type, {}), now)} for each in conditions]
    body = {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": ref.kind,
        "metadata": {"name": ref.name, "namespace": ref.namespace},
        "status": {
            "observedGeneration": max(each.observed_generation for each in conditions),
            "conditions": told,
        },
    }
    with suppress(NotFound):
        await client.apply(paths.status(ref), body)
    return {each["type"]: each for each in told}


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
