"""Telephone numbers: international ones by country, national ones by how they are written.

Numbers that are free to call are of companies, and none of them.
"""

from collections.abc import Iterator
from typing import Final

from optipath_router.classify.sensitivity import context
from optipath_router.classify.sensitivity.found import What
from optipath_router.classify.sensitivity.rule import ANY, HYPHEN, LOOSE, Rule

_FREE: Final = frozenset({"800", "833", "844", "855", "866", "877", "888", "900"})

# ITU-T E.164: country codes, with how many digits follow them where that is known, else 7 to 12.
_FOLLOWING: Final = {
    "1": (10, 10),
    "7": (10, 10),
    "20": (9, 10),
    "27": (9, 9),
    "30": (10, 10),
    "31": (9, 9),
    "32": (8, 9),
    "33": (9, 9),
    "34": (9, 9),
    "36": (8, 9),
    "39": (8, 11),
    "40": (9, 9),
    "41": (9, 9),
    "43": (7, 13),
    "44": (9, 10),
    "45": (8, 8),
    "46": (7, 10),
    "47": (8, 8),
    "48": (9, 9),
    "49": (7, 12),
    "51": (8, 9),
    "52": (10, 11),
    "54": (10, 11),
    "55": (10, 11),
    "56": (9, 9),
    "57": (10, 10),
    "60": (8, 10),
    "61": (9, 9),
    "62": (8, 12),
    "63": (10, 10),
    "64": (8, 10),
    "65": (8, 8),
    "66": (8, 9),
    "81": (9, 10),
    "82": (8, 10),
    "84": (9, 10),
    "86": (10, 11),
    "90": (10, 10),
    "91": (10, 10),
    "92": (10, 10),
    "351": (9, 9),
    "352": (6, 9),
    "353": (7, 9),
    "358": (6, 10),
    "380": (9, 9),
    "420": (9, 9),
    "852": (8, 8),
    "886": (8, 9),
    "966": (8, 9),
    "971": (8, 9),
    "972": (8, 9),
}
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


_WITH_A_WORD: Final = (
    *((length,) for length in range(7, 14)),
    (3, 3, 3),
    (3, 2, 2, 2),
    (3, 6),
    (5, 5),
    (3, 3, 4),
    (3, 7),
    (3, 8),
    (3, 6),
    (3, 5),
    (4, 4),
    (3, 4),
    (2, 7),
    (2, 8),
    (4, 5),
    (4, 6),
    (5, 7),
    (2, 4, 4),
    (3, 3, 2, 2),
    (3, 2, 2),
    (3, 3, 3, 2),
    (4, 7),
    (4, 8),
    (4, 3, 3),
    (4, 3, 4),
    (3, 4, 4),
    (3, 4, 3),
    (2, 3, 2, 2),
    (2, 3, 4),
    (3, 3, 3, 3),
    (2, 2, 2, 2, 2),
    (2, 2, 2, 3),
    (5, 3, 3),
    (4, 2, 2, 2),
    (4, 2, 2, 3),
)
SIGNS: Final = ANY | LOOSE
