"""CustomResourceDefinitions that change, as they do when another release is installed over this one."""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from e2e.stories.kubectl import get, kubectl

Schema = dict[str, Any]


@contextmanager
def changed_crd(name: str, schema: Callable[[Schema], Schema]) -> Iterator[None]:
    """A CRD whose schema is another one for as long as the block lasts; the API server takes a second to notice."""
    found = get("crd", name)
    kept = {part: found["metadata"][part] for part in ("name", "labels", "annotations")}
    ours = {"apiVersion": found["apiVersion"], "kind": found["kind"], "metadata": kept, "spec": found["spec"]}
    other = copy.deepcopy(ours)
    version = other["spec"]["versions"][0]
    version["schema"]["openAPIV3Schema"] = schema(version["schema"]["openAPIV3Schema"])
    _apply_as_helm(other)
    try:
        yield
    finally:
        _apply_as_helm(ours)


def _apply_as_helm(crd: dict[str, Any]) -> None:
    # In Helm's name, or the next installation would find a conflict.
    words = ("apply", "--server-side", "--force-conflicts", "--field-manager=helm", "-f", "-")
    kubectl(*words, given=json.dumps(crd))
