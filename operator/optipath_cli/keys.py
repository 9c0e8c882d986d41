"""Keys as the router reads them, a file each: links to the files of the user's folder, and keys from the environment.

    OPTIPATH_KEY_OPENAI      the key that manifests call `openai`; - becomes _
    OPTIPATH_HOSTS_OPENAI    hosts that it may go to beside those of its well-known type

A link shows a rotation at once. Where a folder and the environment have a key
of the same name, the folder's counts.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path


class KeyFolder:
    """A private folder, kept as it should be."""

    def __init__(self, folder: Path, given: Path | None, environment: Mapping[str, str]) -> None:
        """Take the folder to fill, the user's own, and the environment."""
        self._folder, self._given, self._environment = folder, given, environment
        folder.mkdir(mode=0o700)

    def refresh(self, names: Iterable[str]) -> None:
        """Bring the folder up to date; `names` are the keys that manifests name."""
        links = {path.name: path.absolute() for path in _files(self._given)}
        texts = {
            file: text
            for name in names
            if name not in links
            for file, variable in ((name, "OPTIPATH_KEY_"), (f"{name}.hosts", "OPTIPATH_HOSTS_"))
            if (text := self._environment.get(variable + name.upper().replace("-", "_")))
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

    def has(self, name: str) -> bool:
        """Whether a key is there."""
        return (self._folder / name).exists()


def _files(folder: Path | None) -> tuple[Path, ...]:
    if folder is None:
        return ()
    try:
        return tuple(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError:
        return ()
