"""Payment cards: lengths by issuer, and Luhn."""

from collections.abc import Iterator

from optipath_router.classify.sensitivity import context
from optipath_router.classify.sensitivity.checks import luhn, same
from optipath_router.classify.sensitivity.found import What
from optipath_router.classify.sensitivity.rule import Rule


def _issued(digits: str) -> bool:
    """Whether an issuer has such numbers: ISO/IEC 7812 ranges as the schemes publish them."""
    two, three, four = int(digits[:2]), int(digits[:3]), int(digits[:4])
    match len(digits):
        case 13:
            return digits[0] == "4"
        case 14:
            return two in {36, 38} or 300 <= three <= 305 or three == 309
        case 15:
            return two in {34, 37}
        case 16:
            return (
                digits[0] == "4"
                or 51 <= two <= 55
                or 2221 <= four <= 2720
                or four == 6011
                or two in {60, 62, 65, 81, 50, 63, 67}
                or 644 <= three <= 649
                or 3528 <= four <= 3589
                or 2200 <= four <= 2204
                or 56 <= two <= 58
            )
        case 18:
            return two in {62, 50, 63, 67}
        case 19:
            return two in {62, 50, 63, 67} or digits[0] == "4" or four == 6011
        case _:
            return False


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
