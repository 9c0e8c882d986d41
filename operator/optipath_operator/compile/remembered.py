"""A reader that remembers: what speaks to a thousand namespaces is read once, and not for each of them again.

Remembered is what a text was read as, so that nothing depends on what came
before: the same manifest, the same answer.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from optipath_operator.compile.sources import Reader, S
from optipath_operator.resources import Read
from optipath_operator.resources.reading import Manifest


@dataclass(frozen=True, slots=True)
class _Written:
    """A manifest, told from others by how it is written: 1, true and "1" are not the same."""

    text: str
    manifest: Manifest = field(compare=False)


def remembering(read: Reader[S], *, most: int) -> Reader[S]:
    """The same reader, which does not read again what it has read lately: at most so many manifests are kept."""

    @lru_cache(maxsize=most)
    def lately(written: _Written, *, strict: bool) -> Read[S]:
        return read(written.manifest, strict=strict)

    def remembered(manifest: Manifest, *, strict: bool) -> Read[S]:
        return lately(_Written(repr(manifest), manifest), strict=strict)

    return remembered
