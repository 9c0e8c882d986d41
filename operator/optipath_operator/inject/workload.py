"""Whose pod it is: the workload that somebody wrote, as far as the pod can tell."""

import re
from typing import Final

from optipath_operator.inject.pod import Pod, mappings, text

_TEMPLATE_HASH: Final = "pod-template-hash"
_SCHEDULED: Final = re.compile(r"(.+)-[0-9]{8,10}").fullmatch
"""The Job of a CronJob: its name, and the minute for which it was made, counted from 1970."""


def workload(pod: Pod) -> str:
    """`Deployment/chat`, `StatefulSet/index`, `CronJob/report`; `Pod/chat` where nobody owns it.

    A pod names its ReplicaSet or Job only. Who made that is read off the name: a
    Deployment's ends with the hash that the pod has as a label, a CronJob's with a time.
    """
    owners = mappings(pod.metadata.get("ownerReferences"), "/metadata/ownerReferences")
    owner = next((each for each in owners if each.get("controller")), None)
    if owner is None:
        # The API server makes the rest of such a name after it has asked us.
        name = pod.metadata.get("name") or text(pod.metadata.get("generateName", ""), "/metadata/generateName")
        return f"Pod/{text(name, '/metadata/name').removesuffix('-')}"
    kind, name = (
        text(owner.get("kind"), "/metadata/ownerReferences"),
        text(owner.get("name"), "/metadata/ownerReferences"),
    )
    template_hash = pod.labels.get(_TEMPLATE_HASH)
    if kind == "ReplicaSet" and template_hash and name.endswith(f"-{template_hash}"):
        return f"Deployment/{name.removesuffix(f'-{template_hash}')}"
    if kind == "Job" and (scheduled := _SCHEDULED(name)):
        return f"CronJob/{scheduled[1]}"
    return f"{kind}/{name}"
