"""The files that `optipath run` watches, each held in the last form in which it could be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from optipath_cli.manifests import ManifestError, files_of, read_file
from optipath_operator.resources.reading import Manifest

Held = Mapping[str, Mapping[Path, tuple[Manifest, ...]]]
"""Manifests by the name that the user gave, and by file."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What the files say."""

    held: Held = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    """What is wrong with files that cannot be read now."""

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """All that is held."""
        return tuple(manifest for files in self.held.values() for found in files.values() for manifest in found)


def read_sources(names: Sequence[str], before: Held) -> Sources:
    """What files and folders say now; of those that cannot be read, what was held before.

    A file that is gone from a folder is gone. One that was named itself, or a
    whole folder, is as good as unreadable: editors move files about.
    """
    held: dict[str, Mapping[Path, tuple[Manifest, ...]]] = {}
    unread = []
    for name in names:
        earlier = before.get(name, {})
        try:
            paths = files_of(name)
        except ManifestError as error:
            unread.append(str(error))
            held[name] = earlier
            continue
        found = {}
        for path in paths:
            try:
                found[path] = read_file(path)
            except ManifestError as error:
                unread.append(str(error))
                found[path] = earlier.get(path, ())
        held[name] = found
    return Sources(held, tuple(unread))


def state_of(names: Sequence[str]) -> object:
    """What differs as soon as one of the files has changed."""
    return tuple(_state(name) for name in names)


def _state(name: str) -> object:
    try:
        return tuple((path, _form(path)) for path in files_of(name))
    except ManifestError as error:
        return str(error)


def _form(path: Path) -> object:
    try:
        stat = path.stat()
    except OSError as error:
        return error.strerror
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
