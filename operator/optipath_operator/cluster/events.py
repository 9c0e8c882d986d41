"""Events: one for each change of state, on the resource that changed."""

import logging
from datetime import UTC, datetime
from typing import Final

from optipath_operator.cluster import paths
from optipath_operator.cluster.client import ApiError, Client, Unreachable
from optipath_operator.resources import GROUP, VERSION, ResourceRef
from optipath_operator.resources.conditions import Condition, Truth

log = logging.getLogger(__name__)

_MESSAGE_LENGTH: Final = 1000
COMPONENT: Final = "optipath-operator"


async def post(client: Client, ref: ResourceRef, uid: str, condition: Condition) -> bool:
    """Tell of a condition that has changed; False where it could not be told, which is no reason to stop."""
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    body = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": f"{ref.name[:200].rstrip('-.')}.", "namespace": ref.namespace},
        "involvedObject": {
            "apiVersion": f"{GROUP}/{VERSION}",
            "kind": ref.kind,
            "namespace": ref.namespace,
            "name": ref.name,
            "uid": uid,
        },
        "type": "Normal" if condition.status is Truth.TRUE else "Warning",
        "reason": str(condition.type) if condition.status is Truth.TRUE else f"Not{condition.type}",
        "message": condition.message[:_MESSAGE_LENGTH] or str(condition.reason),
        "source": {"component": COMPONENT},
        "reportingComponent": COMPONENT,
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }
    try:
        await client.create(paths.events(ref.namespace), body)
    except (ApiError, Unreachable) as error:
        log.warning("an Event could not be posted: %s", error, extra={"resource": str(ref)})
        return False
    return True
