"""The folder of one running cluster: what it is made of, what it says, and how it is reached."""

import fcntl
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

PREFIX = "optipath-cluster-"
KEEPER = "e2e.cluster.keeper"


class NotACluster(Exception):
    """A folder that was named is not that of a cluster which can be dealt with here."""


@dataclass(frozen=True, slots=True)
class State:
    """Where the things of one cluster are. Its folder's name is the cluster's name."""

    folder: Path

    @property
    def name(self) -> str:
        """The cluster's name, of its cgroups too."""
        return self.folder.name

    @property
    def kubeconfig(self) -> Path:
        """The administrator's."""
        return self.folder / "admin.kubeconfig"

    @property
    def logs(self) -> Path:
        """One file for each part."""
        return self.folder / "logs"

    @property
    def audit_log(self) -> Path:
        """Every write that the API server was asked for, a JSON object a line."""
        return self.logs / "audit"

    @property
    def containerd(self) -> Path:
        """The socket of containerd."""
        return self.folder / "containerd.sock"

    @property
    def images(self) -> Path:
        """Archives on their way to containerd."""
        return self.folder / "images"

    @property
    def holds(self) -> Path:
        """A file here with the name of a part keeps that part stopped."""
        return self.folder / "hold"

    @property
    def kept(self) -> Path:
        """A file that says: leave the folder when the cluster has ended."""
        return self.folder / "kept"

    @property
    def house(self) -> Path:
        """A file with the first process of the cluster's namespaces, as the host counts."""
        return self.folder / "house.pid"

    @property
    def keeper(self) -> int | None:
        """The process that will clear up after the cluster, None if it is gone."""
        number = self.name.removeprefix(PREFIX).split("-")[0]
        try:
            words = Path("/proc", number, "cmdline").read_bytes().split(b"\0")
        except FileNotFoundError:
            return None
        # The number may have gone to another process since.
        return int(number) if KEEPER.encode() in words else None

    def hold(self) -> None:
        """Keep others from clearing up the folder, for as long as this process lives."""
        fcntl.flock(os.open(self.folder, os.O_RDONLY), fcntl.LOCK_EX)

    @property
    def abandoned(self) -> bool:
        """Whether the keeper is gone. One that cannot be seen, from within the cluster for instance, still holds."""
        try:
            folder = os.open(self.folder, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(folder)
        return self.keeper is None


def new_state() -> State:
    """An empty folder for a cluster whose keeper we are."""
    # The keeper's number is in the name, so that nobody ever finds a folder that seems to have none.
    state = State(Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")).resolve())
    state.hold()
    for folder in (state.logs, state.holds, state.images):
        folder.mkdir()
    return state


def state_of(folder: Path) -> State:
    """The cluster of a folder that somebody named.

    Raises:
        NotACluster: if that is no such folder.
    """
    state = State(folder.resolve())
    # What has ended is removed whole, so a slip of the pen must not name anything else.
    if not state.name.startswith(PREFIX) or not state.logs.is_dir():
        raise NotACluster(f"{folder} is not the state folder of a cluster")
    return state


def known_states() -> list[State]:
    """The clusters of this machine, those too that were killed together with their keeper; not what was kept."""
    folders = sorted(Path(tempfile.gettempdir()).resolve().glob(f"{PREFIX}*"))
    return [state for state in map(State, folders) if not (state.kept.exists() and state.abandoned)]
