"""The tenant's keys, as kubelet mounts them: a file a key, and beside it the hosts it may go to.

    openai              the key itself, white space around it trimmed
    vllm                another
    vllm.hosts          hosts that `vllm` may be sent to, one a line

Whoever may write a ModelProvider but not the Secret cannot send a key
anywhere they like: it goes to the hosts that the Secret names for it, and
where it names none, to those of the provider that the key is named after
(`openai`, `openai-2`, `MISTRAL_API_KEY`). Any other key goes nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from optipath_snapshot import hosts_by_name

_HOSTS = ".hosts"
_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Key:
    """A key and where it may go."""

    name: str
    value: str = field(repr=False)
    hosts: frozenset[str] = frozenset()
    """Every host that it may be sent to."""


Keys = Mapping[str, Key]
NO_KEYS: Keys = MappingProxyType({})


def read_keys(folder: Path) -> Keys:
    """The keys in a folder; none where there is no such folder, for the Secret is optional.

    Raises OSError where they are there and cannot be read now.
    """
    while True:
        mounted = _mounted(folder)
        keys = _keys(mounted)
        # Otherwise kubelet has changed the Secret meanwhile, and a key and its hosts may be of two versions.
        if _mounted(folder) == mounted:
            return keys


def _mounted(folder: Path) -> Path:
    """The version of a mounted folder that is in force now; a plain folder itself."""
    try:
        return folder / (folder / "..data").readlink()
    except OSError:
        return folder


def _keys(folder: Path) -> Keys:
    try:
        files = {path.name: path for path in folder.iterdir() if not path.name.startswith(".") and path.is_file()}
    except (FileNotFoundError, NotADirectoryError):
        return NO_KEYS
    texts = {name: _text(path) for name, path in files.items()}
    return {
        name: Key(name, text, _hosts(name, texts.get(name + _HOSTS)))
        for name, text in texts.items()
        # A key is sent as a header's value, which has no control characters in it.
        if not name.endswith(_HOSTS) and text and text.isprintable()
    }


def _hosts(name: str, written: str | None) -> frozenset[str]:
    """Where a key may go: what is written beside it, or else the hosts of the provider that it is named after."""
    if written is not None:
        return frozenset(written.lower().replace(",", " ").split())
    return hosts_by_name(name)


def _text(path: Path) -> str:
    """What a file says; nothing where it is not plain ASCII, or too long to be true."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        return data.decode("ascii").strip() if len(data) <= _MAX_BYTES else ""
    except (FileNotFoundError, PermissionError, UnicodeDecodeError):
        return ""
