"""The cgroups of a cluster: one folder of its name in each hierarchy, below which the kubelet makes its own.

No namespace takes them away with it, so they are removed by hand.
"""

import time
from pathlib import Path

MOUNT = Path("/sys/fs/cgroup")
PATIENCE_SECONDS = 10


def hierarchies(mount: Path = MOUNT) -> list[Path]:
    """The one hierarchy of cgroup v2, or each of v1's."""
    if (mount / "cgroup.controllers").exists():
        return [mount]
    return [folder for folder in sorted(mount.iterdir()) if folder.is_dir() and not folder.is_symlink()]


def make_cgroups(name: str) -> None:
    """Make a cluster's folders; the kubelet takes no root that is not there."""
    for hierarchy in hierarchies():
        (hierarchy / name).mkdir(exist_ok=True)


def remove_cgroups(name: str) -> None:
    """Remove a cluster's folders, its processes having ended.

    Raises:
        OSError: if one is still in use after 10 s.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    for hierarchy in hierarchies():
        root = hierarchy / name
        below = [folder for folder in root.rglob("*") if folder.is_dir()] if root.exists() else []
        for folder in (*sorted(below, reverse=True), root):
            remove(folder, deadline)


def remove(folder: Path, deadline: float) -> None:
    """Remove one empty folder. The kernel may call it busy for a moment after its last process is gone."""
    while True:
        try:
            return folder.rmdir()
        except FileNotFoundError:
            return None
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
