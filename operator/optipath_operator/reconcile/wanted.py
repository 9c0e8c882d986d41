"""What a namespace's ConfigMap should hold, after what it holds: values only, no cluster."""

import json
from dataclasses import dataclass
from typing import Final

from optipath_operator.cluster.configmaps import RouterConfig
from optipath_operator.compile import Compiled
from optipath_operator.compile.size import config_size, sources_text
from optipath_operator.resources.reading import Manifest
from optipath_snapshot import MAX_BYTES, SnapshotRefused, decode, digest, encode

_FIRST_GENERATION: Final = 1
_HELD_BYTES: Final = 1024 * 1024
"""The most that the API server takes: what a tenant may not fill is room for what others say to it."""


@dataclass(frozen=True, slots=True)
class Published:
    """A configuration with the name and the number of the snapshot in it."""

    config: RouterConfig
    digest: str
    generation: int

    @property
    def size(self) -> int:
        """Bytes that it takes in a ConfigMap."""
        return config_size(self.config.snapshot, self.config.sources)

    @property
    def fits(self) -> bool:
        """Whether a tenant may have so much."""
        return self.size <= MAX_BYTES

    @property
    def can_be_held(self) -> bool:
        """Whether a ConfigMap can hold it."""
        return self.size <= _HELD_BYTES


def want(compiled: Compiled, *before: Published | None) -> Published:
    """What should be published after what was: the generation grows when the content changes."""
    content = digest(compiled.snapshot)
    generation = _FIRST_GENERATION
    if known := [each for each in before if each is not None]:
        newest = max(known, key=lambda each: each.generation)
        generation = newest.generation + (content != newest.digest)
    snapshot = encode(compiled.snapshot, generation).decode()
    return Published(RouterConfig(snapshot, sources_text(compiled.sources)), content, generation)


def published(config: RouterConfig | None) -> Published | None:
    """What a ConfigMap holds; None where no router could have read it."""
    if config is None:
        return None
    try:
        file = decode(config.snapshot.encode())
    except SnapshotRefused:
        return None
    return Published(config, file.digest, file.generation)


def last_good(config: RouterConfig | None) -> tuple[Manifest, ...]:
    """The last good sources in a ConfigMap; none where somebody has spoilt them."""
    try:
        found = json.loads(config.sources) if config is not None else []
    except (ValueError, RecursionError):
        return ()
    return tuple(each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()
