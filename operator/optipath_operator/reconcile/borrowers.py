"""Borrowers: which namespaces a provider of another one concerns.

A namespace tells whom it names whenever it is compiled, as its policies name
them now, and in their last good forms. So it need not be told in between:
whatever changes a namespace's own policies has it compiled again.
"""

from collections import defaultdict

from optipath_operator.resources import ResourceRef


class Borrowers:
    """Providers, and the namespaces beside their own that name them, be they there or not."""

    def __init__(self) -> None:
        self._names: dict[str, frozenset[ResourceRef]] = {}
        self._borrowers: defaultdict[ResourceRef, set[str]] = defaultdict(set)

    def note(self, namespace: str, named: frozenset[ResourceRef]) -> None:
        """Note which providers of others a namespace names, instead of all that it named before."""
        before = self._names.get(namespace, frozenset())
        if named == before:
            return
        for ref in named - before:
            self._borrowers[ref].add(namespace)
        for ref in before - named:
            self._borrowers[ref].discard(namespace)
            if not self._borrowers[ref]:
                del self._borrowers[ref]
        if named:
            self._names[namespace] = named
        else:
            del self._names[namespace]

    def of(self, provider: ResourceRef) -> frozenset[str]:
        """The namespaces that name a provider."""
        return frozenset(self._borrowers.get(provider, ()))
