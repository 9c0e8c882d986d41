"""What would come of a resource if it were written: its namespace is compiled with it, and nothing is done."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from optipath_operator.cluster.status import Observed
from optipath_operator.compile import Gathered, compile_namespace
from optipath_operator.reconcile.state import NamespaceState, Stored
from optipath_operator.reconcile.store import Store
from optipath_operator.resources import Problem
from optipath_operator.resources.reading import Manifest, reference

Gather = Callable[[str, NamespaceState], Awaitable[Gathered]]


class NotSeenYet(Exception):
    """Not everything has been seen yet: what is missing from the store may well be there."""


class Preview:
    """Compiles namespaces beside the loop, which goes on meanwhile."""

    def __init__(self, store: Store, gather: Gather, *, all_seen: Callable[[], bool]) -> None:
        self._store, self._gather, self._all_seen = store, gather, all_seen
        # One at a time: a large namespace takes a third of a second of a processor. Whoever has given up waiting
        # before their turn came costs nothing.
        self._compiler = ThreadPoolExecutor(max_workers=1, thread_name_prefix="preview")

    async def __call__(self, manifest: Manifest) -> tuple[Problem, ...]:
        """The problems that a resource would have, its own alone; raises NotSeenYet, ApiError, Unreachable."""
        if not self._all_seen():
            raise NotSeenYet
        ref = reference(manifest)
        state = self._store.state(ref.namespace) or NamespaceState()
        written = Stored(manifest, uid="", version=0, status=Observed())
        # The state itself is the reconciler's, and stays as it is.
        gathered = await self._gather(ref.namespace, replace(state, resources=state.resources | {ref: written}))
        loop = asyncio.get_running_loop()
        compiled = await loop.run_in_executor(self._compiler, compile_namespace, gathered)
        return tuple(problem for problem in compiled.problems if problem.resource == ref)

    def close(self) -> None:
        """Compile nothing more."""
        self._compiler.shutdown(wait=False, cancel_futures=True)
