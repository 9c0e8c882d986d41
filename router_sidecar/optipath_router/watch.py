"""A new file is noticed: the snapshot, the keys, the pod's labels.

kubelet writes a mounted volume anew and moves its `..data` link over the old
one, so a readlink every 100 ms notices it on any file system. A folder or a
file without that link is known by the times and sizes of what is in it.
"""

import asyncio
import errno
import logging
import os
from collections.abc import Awaitable, Callable, Container, Mapping
from pathlib import Path
from stat import S_ISDIR
from typing import Final

from optipath_router.credentials import read_keys
from optipath_router.live import Live
from optipath_router.runtime import Runtime, Shared, build, settle
from optipath_router.settings import Settings
from optipath_router.telemetry.beat import PERIOD_SECONDS
from optipath_snapshot import MAX_BYTES, Refusal, SnapshotFile, SnapshotRefused, decode

log = logging.getLogger(__name__)

SNAPSHOT_FILE: Final = "snapshot.json"
_MAX_FILE_BYTES: Final = 2 * MAX_BYTES
# What is not there, not shown to us, or leads in a circle. Any other error says nothing of what is there.
_NOTHING: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.ELOOP})
_NO_LINK: Final = _NOTHING | {errno.EINVAL}


# Ten times a second, and with Path it would cost ten times as much: hence os.
def signature(path: Path) -> object:
    """What changes when a file, or a folder as kubelet mounts it, changes; None where there is nothing.

    Raises OSError where nobody can tell now: files run out, disks fail.
    """
    try:
        return os.readlink(f"{path}/..data")  # noqa: PTH115
    except OSError as error:
        _pass_over(error, _NO_LINK)
    try:
        status = os.stat(path)  # noqa: PTH116
        return tuple(sorted(map(_times, os.scandir(path)))) if S_ISDIR(status.st_mode) else _numbers(status)
    except OSError as error:
        _pass_over(error, _NOTHING)
        return None


def _times(entry: os.DirEntry[str]) -> tuple[str, tuple[int, ...]]:
    try:
        return entry.name, _numbers(entry.stat())
    except OSError as error:
        _pass_over(error, _NOTHING)  # a link that leads nowhere must not hide what is beside it
        return entry.name, ()


def _numbers(status: os.stat_result) -> tuple[int, ...]:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _pass_over(error: OSError, numbers: Container[int | None]) -> None:
    if error.errno not in numbers:
        raise error


def read_snapshot(path: Path, namespace: str) -> SnapshotFile:
    """The snapshot in a file, or in a mounted folder; raises SnapshotRefused.

    A namespace, where one is given, must be the snapshot's own.
    """
    try:
        if path.is_dir():
            # kubelet moves its link first, and gives a new file its place in the folder later.
            mounted = path / "..data"
            path = (mounted if mounted.is_dir() else path) / SNAPSHOT_FILE
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
    """The pod's labels, as the downward API writes them: `name="value"` a line.

    Raises SnapshotRefused where they are there and cannot be read now: without
    them, other rules would be the pod's.
    """
    try:
        lines = (podinfo / "labels").read_text().splitlines()
    except UnicodeDecodeError:
        return {}
    except OSError as error:
        if error.errno in _NOTHING:
            return {}
        raise SnapshotRefused(Refusal.UNREADABLE, f"the pod's labels cannot be read: {error.strerror}") from error
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name: value.strip('"') for name, _, value in pairs}


class Watched:
    """Some paths, and whether what is there has been taken up."""

    def __init__(self, *paths: Path) -> None:
        self._paths = paths
        self._seen: object = None
        self._taken = self._told = False

    def take(self) -> bool:
        """Whether there is something to take up; then it counts as taken. Raises OSError where nobody can tell now."""
        seen = tuple(map(signature, self._paths))
        if seen != self._seen:
            self._seen, self._taken, self._told = seen, False, False
        untaken, self._taken = not self._taken, True
        return untaken

    def give_back(self) -> None:
        """Have it taken up by the next look: it could not be read."""
        self._taken = False

    def tell(self) -> bool:
        """Whether to tell of an error, which is once until something changes; looks are many."""
        untold, self._told = not self._told, True
        return untold


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
        self._keys = Watched(settings.credentials)
        self._snapshot = Watched(settings.snapshot, settings.podinfo)

    async def look(self) -> None:
        """Take up what has changed since the last look; what cannot be used changes nothing."""
        if _changed(self._keys):
            self._take_keys()
        if _changed(self._snapshot):
            await self._take_up()

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look for as long as this task lives, whatever goes wrong in one look."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("the watch stumbled over a change; what is in force stays")
            await sleep(PERIOD_SECONDS)

    def _take_keys(self) -> None:
        try:
            self._shared.keys.current = read_keys(self._settings.credentials)
        except OSError as error:
            self._keys.give_back()
            if self._keys.tell():
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
            if isinstance(refused.__cause__, OSError):  # no word on what it says: the next look may read it
                self._snapshot.give_back()
                if not self._snapshot.tell():
                    return None
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


def _changed(watched: Watched) -> bool:
    try:
        return watched.take()
    except OSError as error:
        if watched.tell():
            log.warning("cannot look for changes now, what is in force stays: %s", error)
        return False
