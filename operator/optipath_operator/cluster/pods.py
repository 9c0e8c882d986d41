"""Router pods: annotated, so that kubelet looks at their ConfigMap at once and not in a minute."""

from typing import Final

from optipath_operator.cluster import paths
from optipath_operator.cluster.client import Client, Json, version

PATH: Final = "/api/v1/pods"
SELECTOR: Final = "optipath.io/router=enabled"
ALIVE: Final = "status.phase!=Succeeded,status.phase!=Failed"
"""The fields of pods that have not ended; one that does is told of as gone."""
ANNOTATION: Final = "optipath.io/config-hash"


async def annotate(client: Client, namespace: str, name: str, digest: str) -> int:
    """Say on a pod which configuration is its own now; the version that it has then. Raises NotFound for one gone."""
    return version(await client.merge(paths.pod(namespace, name), {"metadata": {"annotations": {ANNOTATION: digest}}}))


def told(found: Json) -> str | None:
    """The digest that a pod was last annotated with."""
    annotations = found["metadata"].get("annotations") or {}
    digest: str | None = annotations.get(ANNOTATION)
    return digest
