"""What files mean for one namespace, and what is wrong with all that plays a part in it.

In a cluster each namespace's owner is told what is wrong with theirs. Who has
files has all of it before them, so that here all of it is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from optipath_operator.compile import Compiled, Gathered, compile_namespace
from optipath_operator.compile.manifests import NAMESPACE
from optipath_operator.resources import Problem
from optipath_operator.resources.reading import Manifest


@dataclass(frozen=True, slots=True)
class Meaning:
    """What came of files."""

    compiled: Compiled
    problems: tuple[Problem, ...]
    """Of the namespace, and of what plays a part in it from elsewhere."""
    sources: tuple[Manifest, ...]
    """The last good form of all of it: the next time's `last_good`."""


def meaning(gathered: Gathered) -> Meaning:
    """What was gathered from files means for its namespace."""
    placed = replace(gathered, manifests=tuple(_placed(gathered.manifests, gathered.namespace)))
    compiled = compile_namespace(placed)
    others = sorted({ref.namespace for ref in compiled.elsewhere})
    theirs = [compile_namespace(replace(placed, namespace=namespace)) for namespace in others]
    told = {problem for each in theirs for problem in each.problems if problem.resource in compiled.elsewhere}
    return Meaning(
        compiled,
        tuple(sorted({*compiled.problems, *told})),
        (*compiled.sources, *(source for each in theirs for source in each.sources)),
    )


def _placed(manifests: Iterable[Manifest], namespace: str) -> Iterable[Manifest]:
    """Manifests that all say where they are: one that does not is where we look from, wherever else we look from."""
    for manifest in manifests:
        metadata = manifest["metadata"]
        if manifest["kind"] == NAMESPACE or metadata.get("namespace"):
            yield manifest
        else:
            yield {**manifest, "metadata": {**metadata, "namespace": namespace}}
