"""The workbench of `optipath run`: the router's files, kept as the user's files mean them.

    files ─ read_sources ─▶ manifests ─ compile_namespace ─▶ snapshot.json ─▶ the router's own watch

It does with files what the operator does in a cluster: what is invalid keeps
its last good form, what is gone is gone, and unchanged bytes are not written.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Final

from optipath_cli.generations import changes, counted
from optipath_cli.inputs import gather
from optipath_cli.keys import KeyFolder
from optipath_cli.meaning import meaning
from optipath_cli.sources import read_sources, state_of
from optipath_operator.compile import Compiled
from optipath_operator.compile.gathered import OPERATOR_NAMESPACE
from optipath_operator.resources import Problem
from optipath_operator.resources.reading import Manifest
from optipath_snapshot import EgressRule, digest, encode

log = logging.getLogger(__name__)

PERIOD_SECONDS: Final = 0.025
"""Between two looks. The router looks every 100 ms, so that an edit is in effect well within 250 ms."""

_PAUSE_SECONDS: Final = 1.0
"""After a look that failed, for it may fail again."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What came of the files at one moment."""

    manifests: tuple[Manifest, ...]
    compiled: Compiled
    problems: tuple[Problem, ...]
    """Of the namespace, and of what plays a part in it from elsewhere."""
    sources: tuple[Manifest, ...]
    """The last good form of all of it."""
    digest: str
    generation: int
    """Counts the changes of the snapshot."""
    written: bool
    """Whether the snapshot is another one than before."""
    changes: tuple[str, ...] = ()
    """What has changed in the manifests."""
    unread: tuple[str, ...] = ()
    """What is wrong with files that could not be read; what they said before still counts."""


class Workbench:
    """Reads, compiles and writes, whenever there is something new."""

    def __init__(
        self,
        files: Sequence[str],
        namespace: str,
        egress: tuple[EgressRule, ...],
        snapshot: Path,
        keys: KeyFolder,
        *,
        home: str = OPERATOR_NAMESPACE,
    ) -> None:
        """Take the user's files, and where the router looks for its own; the first edition is written at once."""
        self._files, self._namespace, self._egress = files, namespace, egress
        self._snapshot, self._keys, self._home = snapshot, keys, home
        self._seen = self._taken = state_of(files)
        self._sources = read_sources(files, {})
        self.edition = self._publish(None)

    def look(self) -> Edition | None:
        """The next edition, once the files have changed and rest; None where there is none.

        Who writes a file often empties it first. So a change counts when two
        looks in a row have found the same, and it is there after reading, too.
        """
        self._refresh_keys(self.edition)
        before, self._seen = self._seen, state_of(self._files)
        if self._seen == self._taken or self._seen != before:
            return None
        sources = read_sources(self._files, self._sources.held)
        if state_of(self._files) != self._seen:
            return None
        self._sources = sources
        self.edition = self._publish(self.edition)
        # What could not be published is taken up again.
        self._taken = self._seen
        return self.edition

    def _publish(self, before: Edition | None) -> Edition:
        earlier = before.manifests if before else ()
        manifests = counted(self._sources.manifests, earlier)
        last_good = before.sources if before else ()
        meant = meaning(gather(manifests, self._namespace, self._egress, last_good, self._home))
        compiled = meant.compiled
        named = digest(compiled.snapshot)
        written = before is None or named != before.digest
        edition = Edition(
            manifests,
            compiled,
            meant.problems,
            meant.sources,
            named,
            generation=(before.generation if before else 0) + written,
            written=written,
            changes=tuple(changes(earlier, manifests)),
            unread=self._sources.unread,
        )
        self._refresh_keys(edition)
        if written:
            whole = self._snapshot.with_suffix(".new")
            whole.write_bytes(encode(compiled.snapshot, edition.generation))
            whole.replace(self._snapshot)
        return edition

    def _refresh_keys(self, edition: Edition) -> None:
        self._keys.refresh(key for provider in edition.compiled.snapshot.providers for key in provider.keys)


@contextmanager
def watched(workbench: Workbench, tell: Callable[[Edition], None]) -> Iterator[None]:
    """Look for changes for as long as the block lasts, in a thread of its own: no request waits for a compile."""
    over = Event()

    def watch() -> None:
        rest, said = PERIOD_SECONDS, ""
        while not over.wait(rest):
            try:
                if edition := workbench.look():
                    tell(edition)
                rest, said = PERIOD_SECONDS, ""
            except Exception as error:
                if repr(error) != said:
                    log.exception("the files could not be taken up; what is in force stays")
                rest, said = _PAUSE_SECONDS, repr(error)

    thread = Thread(target=watch, name="workbench", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
