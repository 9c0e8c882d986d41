"""What a namespace takes in its ConfigMap, which holds its snapshot and the last good form of what that was made of."""

import json
from collections.abc import Iterable

from optipath_operator.resources.reading import Manifest


def sources_text(sources: Iterable[Manifest]) -> str:
    """Sources as a ConfigMap holds them: the same sources, the same text."""
    return json.dumps(list(sources), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def config_size(snapshot: str, sources: str) -> int:
    """Bytes of both texts together, which are to stay within `MAX_BYTES`."""
    return len(snapshot.encode()) + len(sources.encode())
