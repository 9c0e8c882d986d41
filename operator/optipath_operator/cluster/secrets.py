"""The operator's own two Secrets, read and written. It may read no other: tenants' keys are none of its business.

The chart makes both, empty, for the right to create Secrets cannot be given
by name. A write names the version that it was made from, so that of two
operators one is told that the other was faster.
"""

import logging
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from optipath_operator.cluster import paths
from optipath_operator.cluster.client import Client, Conflict, Json

log = logging.getLogger(__name__)

STATUS_KEY: Final = "optipath-status-key"
"""The Secret from whose `key` the token of each namespace's routers is made, and the path of the webhook that warns."""
_KEY: Final = "key"
_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Secret:
    """A Secret as it was read."""

    data: Mapping[str, bytes]
    annotations: Mapping[str, str]
    version: str

    def __repr__(self) -> str:
        # What is in it must get into no log and no traceback.
        return f"Secret({', '.join(sorted(self.data))}; version {self.version})"


async def read(client: Client, namespace: str, name: str) -> Secret:
    """A Secret; raises NotFound where the chart's is missing."""
    return _secret(await client.get(paths.secret(namespace, name)))


async def write(
    client: Client,
    namespace: str,
    name: str,
    *,
    since: str,
    data: Mapping[str, bytes | None],
    annotations: Mapping[str, str | None] | None = None,
) -> Secret:
    """Set some keys, or take those away that are None; raises Conflict where the Secret has changed since a version."""
    body = {
        "metadata": {"resourceVersion": since, "annotations": dict(annotations or {})},
        "data": {key: None if value is None else b64encode(value).decode() for key, value in data.items()},
    }
    return _secret(await client.merge(paths.secret(namespace, name), body))


async def status_key(client: Client, namespace: str) -> bytes:
    """What all tokens are derived from, made where there is none yet.

    An administrator's own key is left alone. One too short to be a secret is
    taken for none. Raises NotFound where the chart's Secret is missing.
    """
    while True:
        found = await read(client, namespace, STATUS_KEY)
        key = found.data.get(_KEY, b"")
        if len(key) >= _KEY_BYTES:
            return key
        made = secrets.token_bytes(_KEY_BYTES)
        try:
            await write(client, namespace, STATUS_KEY, since=found.version, data={_KEY: made})
        except Conflict:
            # Another operator was faster: its key is the one.
            continue
        log.info("a status key was made", extra={"secret": f"{namespace}/{STATUS_KEY}", "replaced": bool(key)})
        return made


def _secret(found: Json) -> Secret:
    metadata = found["metadata"]
    data = {key: b64decode(value) for key, value in (found.get("data") or {}).items()}
    return Secret(data, metadata.get("annotations") or {}, metadata["resourceVersion"])
