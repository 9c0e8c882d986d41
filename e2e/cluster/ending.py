"""How a cluster ends when its processes are gone, and how those are ended from elsewhere."""

import os
import select
import signal

from e2e.cluster.cache import remove
from e2e.cluster.cgroups import remove_cgroups
from e2e.cluster.state import NotACluster, State

HEAVY = ("containerd", "kubelet", "etcd", "images")
"""Folders that nobody reads afterwards."""


def clear_up(state: State) -> None:
    """Remove what a cluster leaves when its processes are gone; its mounts went with them."""
    remove_cgroups(state.name)
    for folder in (state.folder / name for name in HEAVY) if state.kept.exists() else (state.folder,):
        remove(folder)


def take_down(state: State) -> None:
    """End a cluster that another process brought up, and return when nothing of it is left.

    Raises:
        NotACluster: if its keeper cannot be reached, as we are inside the cluster ourselves.
    """
    if state.abandoned:
        clear_up(state)
    elif (keeper := state.keeper) is not None:
        os.kill(keeper, signal.SIGTERM)
        wait_for_end(state)
    else:
        raise NotACluster(f"{state.folder} is held by a process that cannot be seen from here; end it from outside")


def wait_for_end(state: State) -> None:
    """Return when a cluster's keeper has ended."""
    keeper = state.keeper
    if keeper is not None:
        end = os.pidfd_open(keeper)
        select.select([end], [], [])
        os.close(end)
