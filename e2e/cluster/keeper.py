"""Outside the namespaces: `python -m e2e.cluster.keeper PROGRAMS FLAVOUR KEEP`, which clears up whatever happens.

The keeper makes a cluster and holds it for as long as its standard input is open. That is a pipe from the process that
asked for the cluster, and the kernel closes it however that process ends. Should the keeper itself be killed, the
cluster goes too, and the next `up` or `down` clears up. On standard output it says the cluster's folder, and then the
first process of its namespaces.
"""

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from e2e.cluster.certificates import make_certificates
from e2e.cluster.ending import clear_up
from e2e.cluster.patience import say, tail
from e2e.cluster.settings import settings
from e2e.cluster.state import State, new_state

OWN_NAMESPACES = ("--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--mount-proc", "--kill-child")


def keep(state: State, programs: str, flavour: str) -> None:
    """Run a cluster until standard input ends, or the cluster does."""
    make_certificates(state.folder)
    for name, content in settings(state).items():
        (state.folder / name).parent.mkdir(exist_ok=True)
        (state.folder / name).write_text(content)
    with (state.logs / "house").open("wb") as log:
        command = [sys.executable, "-m", "e2e.cluster.house", str(state.folder), programs, flavour]
        house = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "unshare", *OWN_NAMESPACES, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        process = first_process(house)
        state.house.write_text(str(process))
        print(process, flush=True)
        select.select([sys.stdin, os.pidfd_open(house.pid)], [], [])
        if house.poll() is not None:
            say(f"ended by itself:\n{tail(state.logs / 'house')}")
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # The first process's death takes all others of its namespace along, and unshare ends when they are gone.
        first = children(house.pid)
        for process in first:
            os.kill(process, signal.SIGKILL)
        if not first:
            house.kill()
        house.wait()


def first_process(house: subprocess.Popen[bytes]) -> int:
    """The first process of the namespaces, which unshare forks."""
    while not (forked := children(house.pid)):
        if house.poll() is not None:
            raise RuntimeError(f"unshare ended with {house.returncode}")
        time.sleep(0.01)
    return forked[0]


def children(process: int) -> list[int]:
    """The child processes of a process, none if it has ended."""
    try:
        return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def main() -> None:
    """Hold one cluster and clear up after it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    programs, flavour, kept = sys.argv[1:]
    state = new_state()
    try:
        if kept == "kept":
            state.kept.touch()
        print(state.folder, flush=True)
        keep(state, programs, flavour)
    finally:
        clear_up(state)


if __name__ == "__main__":
    main()
