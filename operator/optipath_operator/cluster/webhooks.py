"""Whom the API server trusts when it calls our webhooks, and by which path: no more is written by us."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from optipath_operator.cluster import paths
from optipath_operator.cluster.client import Client, Json
from optipath_operator.settings import Webhooks


@dataclass(frozen=True, slots=True)
class Called:
    """How each webhook of a configuration is called, by its name."""

    bundles: Mapping[str, bytes]
    paths: Mapping[str, str] = field(repr=False)
    """Empty where there is none. One of them is a secret, and is to get into no log."""
    version: str


async def read(client: Client, which: Webhooks) -> Called:
    """How the webhooks of a configuration are called; raises NotFound."""
    found = await client.get(paths.webhooks(which.kind, which.name))
    clients = {each["name"]: each["clientConfig"] for each in found.get("webhooks") or ()}
    return Called(
        {name: b64decode(each.get("caBundle") or "") for name, each in clients.items()},
        {name: (each.get("service") or {}).get("path") or "" for name, each in clients.items()},
        found["metadata"]["resourceVersion"],
    )


async def trust(client: Client, which: Webhooks, found: Called, bundle: bytes) -> None:
    """Have the webhooks of a configuration trust this; raises Conflict where it has changed since it was found."""
    changed = {"caBundle": b64encode(bundle).decode()}
    await _write(client, which, found, {name: changed for name, had in found.bundles.items() if had != bundle})


async def lead(client: Client, which: Webhooks, found: Called, name: str, path: str) -> None:
    """Have one webhook of a configuration called by this path; raises Conflict where it has changed since then."""
    await _write(client, which, found, {name: {"service": {"path": path}}})


async def _write(client: Client, which: Webhooks, found: Called, changed: Mapping[str, Json]) -> None:
    entries = [{"name": name, "clientConfig": each} for name, each in changed.items()]
    body = {"metadata": {"resourceVersion": found.version}, "webhooks": entries}
    await client.merge_entries(paths.webhooks(which.kind, which.name), body)
