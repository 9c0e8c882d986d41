"""The router under test: the program that users start, its files laid out as kubelet does."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from e2e.bench.rig.process import Process, started
from optipath_snapshot import Snapshot, encode

_PROGRAM = Path(sys.executable).with_name("optipath-router")
_TRIES = 4000
_TRY_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Mounted:
    """A folder that a ConfigMap is mounted at."""

    folder: Path

    def put(self, snapshot: Snapshot, generation: int) -> None:
        """Change the snapshot, in one step, as kubelet does."""
        fresh, link, aside = self.folder / f"..{generation}", self.folder / "..data", self.folder / "..data_tmp"
        before = self.folder / link.readlink() if link.is_symlink() else None
        fresh.mkdir(parents=True)
        (fresh / "snapshot.json").write_bytes(encode(snapshot, generation))
        aside.symlink_to(fresh.name)
        aside.rename(link)
        if before is None:
            (self.folder / "snapshot.json").symlink_to("..data/snapshot.json")
        else:
            shutil.rmtree(before)


@dataclass(frozen=True, slots=True)
class Router:
    """A router that listens."""

    process: Process
    mounted: Mounted
    port: int
    admin: int


@asynccontextmanager
async def router(folder: Path, snapshot: Snapshot, *, core: int) -> AsyncIterator[Router]:
    """A router with a snapshot in force, for as long as the block lasts."""
    mounted = Mounted(folder / "snapshot")
    mounted.put(snapshot, 1)
    (folder / "empty").mkdir()
    environment = {
        **os.environ,
        "OPTIPATH_SNAPSHOT": str(mounted.folder),
        "OPTIPATH_CREDENTIALS": str(folder / "empty"),
        "OPTIPATH_PODINFO": str(folder / "empty"),
        "OPTIPATH_LISTEN": "127.0.0.1:0",
        "OPTIPATH_ADMIN": "127.0.0.1:0",
        # An image holds compiled modules; they are made here where there are none yet.
        "PYTHONDONTWRITEBYTECODE": "",
        # As in the image.
        "PYTHONOPTIMIZE": "2",
        "MALLOC_MMAP_THRESHOLD_": "262144",
        "MALLOC_TRIM_THRESHOLD_": "1048576",
    }
    with started([_PROGRAM], folder / "log", core=core, environment=environment) as process:
        port, admin = await _ports(process)
        yield Router(process, mounted, port, admin)


async def _ports(process: Process) -> tuple[int, int]:
    """Where a router says that it listens; raises RuntimeError if it ends before."""
    for _ in range(_TRIES):
        for line in process.log.read_text().splitlines(keepends=True):
            if '"listening"' in line and line.endswith("\n"):
                said = json.loads(line)
                return int(said["api"][0].rpartition(":")[2]), int(said["admin"][0].rpartition(":")[2])
        if process.popen.poll() is not None:
            break
        await asyncio.sleep(_TRY_SECONDS)
    raise RuntimeError(f"the router does not listen: {process.log.read_text()[-3000:]}")
