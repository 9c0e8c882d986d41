"""The ConfigMap that routers read: what is in it, read and written."""

from dataclasses import dataclass
from typing import Final

from optipath_operator.cluster import paths
from optipath_operator.cluster.client import Client, Json, NotFound, version

NAME: Final = "optipath-router"
SNAPSHOT: Final = "snapshot.json"
SOURCES: Final = "sources.json"
SELECTOR: Final = "app.kubernetes.io/managed-by=optipath-operator"
_LABELS: Final = {"app.kubernetes.io/managed-by": "optipath-operator", "app.kubernetes.io/name": NAME}


@dataclass(frozen=True, slots=True)
class RouterConfig:
    """The two files of a namespace: the snapshot, and the last good form of what it was made of."""

    snapshot: str
    sources: str


def read(found: Json) -> RouterConfig:
    """What a ConfigMap holds; empty texts where it holds nothing."""
    data = found.get("data") or {}
    return RouterConfig(data.get(SNAPSHOT, ""), data.get(SOURCES, ""))


async def write(client: Client, namespace: str, config: RouterConfig) -> int:
    """Make the ConfigMap of a namespace hold this, others' labels and annotations stay; the version that it has now."""
    written = await client.apply(
        paths.config_map(namespace, NAME),
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": NAME, "namespace": namespace, "labels": _LABELS},
            "data": {SNAPSHOT: config.snapshot, SOURCES: config.sources},
        },
    )
    return version(written)


async def remove(client: Client, namespace: str) -> None:
    """Delete the ConfigMap of a namespace that needs none any more."""
    await client.delete(paths.config_map(namespace, NAME))


async def read_any(client: Client, namespace: str, name: str) -> Json | None:
    """A tenant's ConfigMap that a provider names, with what tells it apart; None where there is none."""
    try:
        found = await client.get(paths.config_map(namespace, name))
    except NotFound:
        return None
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace},
        "data": found.get("data") or {},
    }
