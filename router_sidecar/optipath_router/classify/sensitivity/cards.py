"""Payment cards: lengths by issuer, and Luhn."""

from collections.abc import Iterator
from typing import Final

from optipath_router.classify.sensitivity import context
from optipath_router.classify.sensitivity.checks import luhn, same
from optipath_router.classify.sensitivity.found import What
from optipath_router.classify.sensitivity.rule import Rule

# First digits by length, as the schemes publish them.
_RANGES: Final = {
    13: ((4, 4),),
    14: ((36, 36), (38, 39), (300, 305), (309, 309)),
    15: ((34, 34), (37, 37)),
    16: (
        *((4, 4), (51, 55), (2221, 2720)),
        *((6011, 6011), (644, 649), (65, 65)),
        *((3528, 3589), (2200, 2204), (60, 60), (62, 62), (81, 81)),
        *((50, 50), (56, 58), (63, 63), (67, 67)),
    ),
    18: ((62, 62), (50, 50), (63, 63), (67, 67)),
    19: ((4, 4), (62, 62), (6011, 6011), (50, 50), (63, 63), (67, 67)),
}


def _issued(digits: str) -> bool:
    """Whether an issuer has such numbers (ISO/IEC 7812)."""
    ranges = _RANGES.get(len(digits), ())
    return any(first <= int(digits[: len(str(first))]) <= last for first, last in ranges)


def card(digits: str) -> bool:
    """Whether digits can be a card."""
    return _issued(digits) and luhn(digits) and not same(digits)


def rules() -> Iterator[Rule]:
    """Cards as they are printed, and bare."""
    for groups in ((4, 4, 4, 4), (16,), (4, 6, 5), (15,), (4, 6, 4), (4, 4, 4, 4, 3), (6, 13)):
        yield Rule(What.CARD, groups, card)
    # Numbers of these lengths are many: times in milliseconds, EANs, ids.
    for groups in ((13,), (14,), (18,), (19,)):
        yield Rule(What.CARD, groups, card, context=context.CARD)
