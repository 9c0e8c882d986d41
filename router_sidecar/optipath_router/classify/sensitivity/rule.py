"""Rules: what a run of digits can be, by the lengths of its groups."""

import re
from collections.abc import Callable
from typing import Final

import msgspec

from optipath_router.classify.sensitivity.found import What

ANY: Final = frozenset(" -.")
SPACE: Final = frozenset(" ")
HYPHEN: Final = frozenset("-")
DOTTED: Final = frozenset(".-/")
LOOSE: Final = frozenset(" -./()")


class Rule(msgspec.Struct, frozen=True):
    """One number as its issuer or its people write it."""

    what: What
    groups: tuple[int, ...]
    valid: Callable[[str], bool]
    country: str | None = None
    signs: frozenset[str] = ANY
    """What may stand between groups."""
    context: re.Pattern[str] | None = None
    """What must stand beside it; None where form and sum say enough."""
    alike: bool = True
    """Whether the same sign stands between all groups."""

    def fits(self, digits: str, between: tuple[str, ...]) -> bool:
        """Whether digits and the signs between their groups are as they must be."""
        if between and (not self.signs.issuperset("".join(between)) or (self.alike and len(set(between)) > 1)):
            return False
        return self.valid(digits)
