"""Keys as the router reads them, a file each: links to the files of the user's folder, and keys from the environment.

    OPTIPATH_KEY_OPENAI      the key that manifests call `openai`; - becomes _
    OPTIPATH_HOSTS_OPENAI    the hosts that it may go to; if not given, those of the provider it is named after

A link shows a rotation at once. Where a folder and the environment have a key
of the same name, the folder's counts.
"""

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

log = logging.getLogger(__name__)


class KeyFolder:
    """A private folder, kept as it should be."""

    def __init__(self, folder: Path, given: Path | None, environment: Mapping[str, str]) -> None:
        """Take the folder to fill, the user's own, and the environment."""
        self._folder, self._given, self._environment = folder, given, environment
        self._warned: set[str] = set()
        folder.mkdir(mode=0o700)

    def refresh(self, names: Iterable[str]) -> None:
        """Bring the folder up to date; `names` are the keys that manifests name."""
        links = {path.name: path.absolute() for path in _files(self._given)}
        named = set(names)
        for name in sorted(named & links.keys()):
            self._warn_of_hosts(name)
        texts = {
            file: text
            for name in named - links.keys()
            for file, variable in ((name, _variable("KEY", name)), (f"{name}.hosts", _variable("HOSTS", name)))
            if (text := self._environment.get(variable))
        }
        for path in self._folder.iterdir():
            if path.name not in (links if path.is_symlink() else texts):
                path.unlink()
        for name, target in links.items():
            link = self._folder / name
            if not link.is_symlink():
                link.symlink_to(target)
        for name, text in texts.items():
            path = self._folder / name
            if not path.exists():
                path.touch(mode=0o600)
                path.write_text(text)

    def _warn_of_hosts(self, name: str) -> None:
        """Say once that the environment's hosts do not count for a key of the folder."""
        variable = _variable("HOSTS", name)
        if self._environment.get(variable) and name not in self._warned:
            self._warned.add(name)
            log.warning(
                "%s is passed over: the key %s is a file of --credentials, and its hosts are %s.hosts beside it",
                variable,
                name,
                name,
            )

    def has(self, name: str) -> bool:
        """Whether a key is there."""
        return (self._folder / name).exists()


def _variable(kind: str, name: str) -> str:
    return f"OPTIPATH_{kind}_{name.upper().replace('-', '_')}"


def _files(folder: Path | None) -> tuple[Path, ...]:
    if folder is None:
        return ()
    try:
        return tuple(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError:
        return ()
