"""A reader that remembers: what speaks to a thousand namespaces is read once, and not for each of them again.

Remembered is what a text was read as, so that nothing depends on what came
before: the same manifest, the same answer.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from optipath_operator.compile.sources import Reader, S
from optipath_operator.resources import Read
from optipath_operator.resources.reading import Manifest

# Policies with a scope and shared providers, their last good forms included.
_MOST = 512


@dataclass(frozen=True, slots=True)
class _Written:
    """A manifest, told from others by how it is written: 1, true and "1" are not the same."""

    text: str
    manifest: Manifest = field(compare=False)


def remembering(read: Reader[S]) -> Reader[S]:
    """The same reader, which does not read again what it has read lately."""

    @lru_cache(maxsize=_MOST)
    def lately(written: _Written, *, strict: bool) -> Read[S]:
        return read(written.manifest, strict=strict)

    def remembered(manifest: Manifest, *, strict: bool) -> Read[S]:
        return lately(_Written(repr(manifest), manifest), strict=strict)

    return remembered
