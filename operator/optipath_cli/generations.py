"""Generations of resources in files, counted as the API server counts them: one more whenever a spec has changed."""

from collections.abc import Iterable, Iterator, Sequence

from optipath_operator.resources.reading import Manifest, reference


def counted(manifests: Iterable[Manifest], before: Sequence[Manifest]) -> tuple[Manifest, ...]:
    """The manifests, each with its generation; `before` is what this function gave the last time."""
    earlier = {reference(manifest): manifest for manifest in before}
    return tuple(_counted(manifest, earlier.get(reference(manifest))) for manifest in manifests)


def _counted(manifest: Manifest, earlier: Manifest | None) -> Manifest:
    metadata = manifest["metadata"]
    if earlier is not None:
        generation = earlier["metadata"]["generation"] + (manifest.get("spec") != earlier.get("spec"))
    else:
        # What `kubectl get -o yaml` wrote has one already.
        given = metadata.get("generation")
        generation = given if type(given) is int and given > 0 else 1
    return {**manifest, "metadata": {**metadata, "generation": generation}}


def changes(before: Iterable[Manifest], now: Iterable[Manifest]) -> Iterator[str]:
    """What has changed, such as `RoutingPolicy chat edited`."""
    earlier = {reference(manifest): manifest for manifest in before}
    later = {reference(manifest): manifest for manifest in now}
    for ref in sorted(earlier.keys() | later.keys()):
        if ref not in earlier:
            yield f"{ref.kind} {ref.name} added"
        elif ref not in later:
            yield f"{ref.kind} {ref.name} removed"
        elif earlier[ref] != later[ref]:
            yield f"{ref.kind} {ref.name} edited"
