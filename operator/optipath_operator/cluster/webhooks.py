"""Whom the API server trusts when it calls our webhooks: the one thing in their configurations that we write."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from optipath_operator.cluster import paths
from optipath_operator.cluster.client import Client
from optipath_operator.settings import Webhooks


@dataclass(frozen=True, slots=True)
class Trusted:
    """The bundle of each webhook of a configuration, by its name."""

    bundles: Mapping[str, bytes]
    version: str


async def read(client: Client, which: Webhooks) -> Trusted:
    """Whom a configuration trusts; raises NotFound."""
    found = await client.get(paths.webhooks(which.kind, which.name))
    return Trusted(
        {each["name"]: b64decode(each["clientConfig"].get("caBundle") or "") for each in found.get("webhooks") or ()},
        found["metadata"]["resourceVersion"],
    )


async def trust(client: Client, which: Webhooks, found: Trusted, bundle: bytes) -> None:
    """Have the webhooks of a configuration trust this; raises Conflict where it has changed since it was found."""
    text = b64encode(bundle).decode()
    body = {
        "metadata": {"resourceVersion": found.version},
        "webhooks": [
            {"name": name, "clientConfig": {"caBundle": text}} for name, had in found.bundles.items() if had != bundle
        ],
    }
    await client.merge_entries(paths.webhooks(which.kind, which.name), body)
