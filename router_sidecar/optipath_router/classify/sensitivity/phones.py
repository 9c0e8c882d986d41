"""Telephone numbers: international ones by country, national ones by how they are written.

Numbers that are free to call are of companies, and none of them.
"""

from collections.abc import Iterator
from typing import Final

from optipath_router.classify.sensitivity import context
from optipath_router.classify.sensitivity.found import What
from optipath_router.classify.sensitivity.rule import ANY, HYPHEN, LOOSE, Rule

_FREE: Final = frozenset({"800", "833", "844", "855", "866", "877", "888", "900"})

# ITU-T E.164: country codes, by how many digits follow them, at least and at most.
_BY_LENGTHS: Final = {
    (6, 9): "352",
    (6, 10): "358",
    (7, 9): "353",
    (7, 10): "46",
    (7, 12): "49",
    (7, 13): "43",
    (8, 8): "45 47 65 852",
    (8, 9): "32 36 51 66 886 966 971 972",
    (8, 10): "60 64 82",
    (8, 11): "39",
    (8, 12): "62",
    (9, 9): "27 31 33 34 40 41 48 56 61 351 380 420",
    (9, 10): "20 44 81 84",
    (10, 10): "1 7 30 57 63 90 91 92",
    (10, 11): "52 54 55 86",
}
_FOLLOWING: Final = {code: lengths for lengths, codes in _BY_LENGTHS.items() for code in codes.split()}
_OTHERS: Final = frozenset("2345689")
_COUNTRIES: Final = {
    "33": "FR",
    "34": "ES",
    "39": "IT",
    "44": "GB",
    "49": "DE",
    "55": "BR",
    "81": "JP",
    "82": "KR",
    "86": "CN",
    "91": "IN",
    "351": "PT",
}


def international(digits: str) -> bool:
    """Whether digits after a plus are a number of some country."""
    for length in (1, 2, 3):
        if known := _FOLLOWING.get(digits[:length]):
            return known[0] <= len(digits) - length <= known[1] and not _free(digits[length:])
    return digits[0] in _OTHERS and 9 <= len(digits) <= 15


def country(digits: str) -> str | None:
    """The country of an international number, where its code is of one alone."""
    return _COUNTRIES.get(digits[:2]) or _COUNTRIES.get(digits[:3])


def _free(national: str) -> bool:
    return national[:3] in _FREE


def _america(digits: str) -> bool:
    return digits[0] > "1" and digits[3] > "1" and not _free(digits) and digits[1:3] != "11"


def _trunk(digits: str) -> bool:
    """Whether it begins as numbers within a country do, and is not free."""
    return digits[0] == "0" and digits[1] != "0" and not digits.startswith(("0120", "0800", "0900"))


def _east_asia(digits: str) -> bool:
    return (digits[0] == "0" and _trunk(digits)) or (digits[0] == "1" and digits[1] > "2")


def _mobile(digits: str) -> bool:
    return digits.startswith(("010", "070", "080", "090"))


def _handset(digits: str) -> bool:
    """Germany's and Britain's mobile phones."""
    return digits.startswith(("015", "016", "017", "07"))


def _likely(digits: str) -> bool:
    return not _free(digits) and len(set(digits)) > 2


def rules() -> Iterator[Rule]:
    """How numbers are written within countries; the rest needs a word beside it."""
    groups: tuple[int, ...]
    phone = What.PHONE
    yield Rule(phone, (3, 3, 4), _america, "US", frozenset("-.)( "))
    yield Rule(phone, (1, 3, 3, 4), lambda digits: digits[0] == "1" and _america(digits[1:]), "US", LOOSE, alike=False)
    for groups in ((3, 4, 4), (2, 4, 4), (2, 3, 4), (3, 3, 4)):
        yield Rule(phone, groups, _east_asia, signs=frozenset("-) ("))
    yield Rule(phone, (11,), _mobile)
    yield Rule(phone, (2, 2, 2, 2, 2), _trunk, "FR")
    for groups in ((5, 6), (4, 7), (4, 8), (4, 3, 4), (5, 3, 3), (4, 3, 2, 2)):
        yield Rule(phone, groups, _handset, signs=frozenset(" -/"), alike=False)
    yield Rule(phone, (2, 5, 4), lambda digits: digits[2] == "9", "BR", LOOSE, alike=False)
    for groups in ((1, 3, 3, 2, 2), (1, 3, 3, 4)):
        yield Rule(phone, groups, lambda digits: digits[0] == "8" and not _free(digits[1:]), "RU", LOOSE, alike=False)
    yield Rule(phone, (4, 2, 4), _trunk, "JP", HYPHEN)
    for groups in _WITH_A_WORD:
        yield Rule(phone, groups, _likely, signs=LOOSE, context=context.PHONE, alike=False)


_AS_SET: Final = (
    "27 28 34 35 36 37 38 44 45 46 47 48 55 57 234 244 322 333 334 343"
    " 344 433 434 533 2223 2322 3222 3322 3332 3333 4222 4223 22222"
)
"""Groups of digits as people set them: `343` is three, four, three."""
_WITH_A_WORD: Final[tuple[tuple[int, ...], ...]] = (
    *((length,) for length in range(7, 14)),
    *(tuple(map(int, groups)) for groups in _AS_SET.split()),
)
SIGNS: Final = ANY | LOOSE
