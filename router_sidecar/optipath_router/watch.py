"""A new file is noticed: the snapshot, the keys, the pod's labels.

kubelet writes a mounted volume anew and moves its `..data` link over the old
one, so a readlink every 100 ms notices it on any file system. A folder or a
file without that link is known by the times and sizes of what is in it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from optipath_router.credentials import read_keys
from optipath_router.live import Live
from optipath_router.runtime import Runtime, Shared, build, settle
from optipath_router.settings import Settings
from optipath_snapshot import MAX_BYTES, Refusal, SnapshotFile, SnapshotRefused, decode

log = logging.getLogger(__name__)

PERIOD_SECONDS: Final = 0.1
SNAPSHOT_FILE: Final = "snapshot.json"
_MAX_FILE_BYTES: Final = 2 * MAX_BYTES


def signature(path: Path) -> object:
    """What changes when a file, or a folder as kubelet mounts it, changes; None where there is nothing."""
    try:
        return (path / "..data").readlink()
    except OSError:
        pass
    try:
        return tuple(map(_times, sorted(path.iterdir()))) if path.is_dir() else _times(path)
    except OSError:
        return None


def _times(path: Path) -> tuple[str | int, ...] | None:
    try:
        stat = path.stat()
    except OSError:  # a link that leads nowhere says nothing, and must not hide what is beside it
        return None
    return path.name, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino


def read_snapshot(path: Path, namespace: str) -> SnapshotFile:
    """The snapshot in a file, or in a mounted folder; raises SnapshotRefused.

    A namespace, where one is given, must be the snapshot's own.
    """
    try:
        path = path / SNAPSHOT_FILE if path.is_dir() else path
        with path.open("rb") as file:
            data = file.read(_MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise SnapshotRefused(Refusal.MISSING, f"{path} is not there") from None
    except OSError as error:
        raise SnapshotRefused(Refusal.UNREADABLE, f"{path} cannot be read: {error.strerror}") from error
    if len(data) > _MAX_FILE_BYTES:
        raise SnapshotRefused(Refusal.UNREADABLE, f"{path} is larger than {_MAX_FILE_BYTES} bytes")
    found = decode(data)
    if namespace and found.snapshot.namespace != namespace:
        raise SnapshotRefused(Refusal.INVALID, f"it is another namespace's snapshot, not that of {namespace!r}")
    return found


def read_labels(podinfo: Path) -> Mapping[str, str]:
    """The pod's labels, as the downward API writes them: `name="value"` a line."""
    try:
        lines = (podinfo / "labels").read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name: value.strip('"') for name, _, value in pairs}


class Watch:
    """Keeps the runtime and the keys in force those of the files."""

    def __init__(
        self,
        runtime: Live[Runtime | None],
        shared: Shared,
        settings: Settings,
        *,
        wall: Callable[[], float],
    ) -> None:
        self._runtime, self._shared = runtime, shared
        self._settings, self._wall = settings, wall
        self._seen: dict[str, object] = {}

    async def look(self) -> None:
        """Take up what has changed since the last look; what cannot be used changes nothing."""
        if self._changed("credentials", signature(self._settings.credentials)):
            self._take_keys()
        if self._changed("snapshot", (signature(self._settings.snapshot), signature(self._settings.podinfo))):
            await self._take_up()

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look for as long as this task lives, whatever goes wrong in one look."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("the watch stumbled over a change; what is in force stays")
            await sleep(PERIOD_SECONDS)

    def _changed(self, what: str, found: object) -> bool:
        if what in self._seen and self._seen[what] == found:
            return False
        self._seen[what] = found
        return True

    def _take_keys(self) -> None:
        try:
            self._shared.keys.current = read_keys(self._settings.credentials)
        except OSError as error:
            del self._seen["credentials"]  # the next look tries again
            log.warning("keys cannot be read, those in force stay: %s", error.strerror)
        else:
            log.info("keys read", extra={"keys": sorted(self._shared.keys.current)})

    def _built(self) -> Runtime:
        file = read_snapshot(self._settings.snapshot, self._settings.namespace)
        return build(file, read_labels(self._settings.podinfo), self._shared)

    async def _take_up(self) -> None:
        try:
            # A large file takes most of a second to understand and to build, and streams must not wait for it.
            runtime = await asyncio.to_thread(self._built)
        except SnapshotRefused as refused:
            return self._refuse(refused)
        except Exception as error:  # noqa: BLE001  whatever a snapshot may break, the last good one serves on
            # Of the error its kind alone: its words may be the file's.
            return self._refuse(SnapshotRefused(Refusal.INVALID, f"nothing can be built of it: {type(error).__name__}"))
        self._runtime.current = runtime
        file = runtime.file
        self._shared.metrics.loaded(file.generation, self._wall())
        log.info("snapshot in force", extra={"digest": file.digest, "generation": file.generation})
        settle(runtime, self._shared)
        return None

    def _refuse(self, refused: SnapshotRefused) -> None:
        self._shared.metrics.refused(refused.reason)
        kept = self._runtime.current
        log.warning(
            "snapshot refused: %s",
            refused,
            extra={"reason": refused.reason, "in_force": kept.file.digest if kept else None},
        )
