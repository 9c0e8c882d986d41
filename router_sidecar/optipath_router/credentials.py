"""The tenant's keys, as kubelet mounts them: a file a key, and beside it the hosts it may go to.

    openai              the key itself, white space around it trimmed
    vllm                another
    vllm.hosts          hosts that `vllm` may be sent to, one a line

Whoever may write a ModelProvider but not the Secret cannot send a key
anywhere they like: where the Secret names hosts, a key goes to these alone;
where it names none, to well-known hosts of the provider's type.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from optipath_snapshot import WELL_KNOWN

_HOSTS = ".hosts"
_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Key:
    """A key and where it may go."""

    name: str
    value: str = field(repr=False)
    hosts: frozenset[str] = frozenset()

    def may_go_to(self, host: str, provider_type: str) -> bool:
        """Whether this key may be sent to a host, in the name of a provider of some type."""
        if self.hosts:
            return host in self.hosts
        known = WELL_KNOWN.get(provider_type)
        return known is not None and host in known.hosts


Keys = Mapping[str, Key]
NO_KEYS: Keys = MappingProxyType({})


def read_keys(folder: Path) -> Keys:
    """The keys in a folder; none where there is no such folder, for the Secret is optional.

    Raises OSError where they are there and cannot be read now.
    """
    try:
        files = {path.name: path for path in folder.iterdir() if not path.name.startswith(".") and path.is_file()}
    except (FileNotFoundError, NotADirectoryError):
        return NO_KEYS
    texts = {name: text for name, path in files.items() if (text := _text(path))}
    return {
        name: Key(name, text, frozenset(texts.get(name + _HOSTS, "").lower().replace(",", " ").split()))
        for name, text in texts.items()
        # A key is sent as a header's value, which has no control characters in it.
        if not name.endswith(_HOSTS) and text.isprintable()
    }


def _text(path: Path) -> str:
    """What a file says; nothing where it is not plain ASCII, or too long to be true."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        return data.decode("ascii").strip() if len(data) <= _MAX_BYTES else ""
    except (FileNotFoundError, PermissionError, UnicodeDecodeError):
        return ""
