"""kubelet's atomic writer: how a mounted ConfigMap, Secret or downward volume changes.

..2026_11_21_10_00_00.1/snapshot.json      a folder for each version
..data -> ..2026_11_21_10_00_00.1          the version in force, moved over the old link in one step
snapshot.json -> ..data/snapshot.json      what programs open
"""

import shutil
from collections.abc import Mapping
from pathlib import Path


class Volume:
    """A mounted volume, and the kubelet that writes it."""

    def __init__(self, path: Path) -> None:
        path.mkdir()
        self.path = path
        self._version = 0

    def write(self, files: Mapping[str, bytes]) -> None:
        """Replace what is in the volume, all at once."""
        self._version += 1
        fresh = self.path / f"..2026_11_21_10_00_00.{self._version}"
        fresh.mkdir()
        for name, data in files.items():
            (fresh / name).write_bytes(data)
        data_link, before = self.path / "..data", None
        if data_link.is_symlink():
            before = self.path / data_link.readlink()
        aside = self.path / "..data_tmp"
        aside.symlink_to(fresh.name)
        aside.rename(data_link)
        for name in files:
            if not (self.path / name).is_symlink():
                (self.path / name).symlink_to(Path("..data") / name)
        for link in self.path.iterdir():
            if not link.name.startswith("..") and link.name not in files:
                link.unlink()
        if before is not None:
            shutil.rmtree(before)
