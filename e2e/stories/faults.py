"""Parts of a cluster of `make e2e`'s own that are made to fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(cluster: Path, part: str) -> Iterator[None]:
    """A part is down for as long as the block lasts: stopped as hard as a machine stops, and started again."""
    hold = cluster / "hold" / part
    hold.touch()
    try:
        yield
    finally:
        hold.unlink()
