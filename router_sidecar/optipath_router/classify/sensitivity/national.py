"""Numbers that states give to people: whether one can be such a number."""

import re
from typing import Final

from optipath_router.classify.sensitivity.checks import mod11_10, same, verhoeff, weighted
from optipath_router.classify.sensitivity.days import day_of_year, yymmdd, yyyymmdd

_CHINA_CHECKS: Final = "10X98765432"
_CHINA_WEIGHTS: Final = tuple(2 ** (17 - place) % 11 for place in range(17))
# GB/T 2260: the first two digits, provinces.
_PROVINCES: Final = frozenset(
    {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83}
)
_SPAIN_LETTERS: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
_ITALY: Final = re.compile(
    r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]", re.ASCII
)
# Decreto ministeriale 23 dicembre 1976: what signs at odd places count.
_ITALY_FIRST_TEN: Final = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
_ITALY_OTHERS: Final = (2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_ITALY_ODD: Final = {
    **dict(zip("0123456789", _ITALY_FIRST_TEN, strict=True)),
    **dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _ITALY_FIRST_TEN + _ITALY_OTHERS, strict=True)),
}


def us_ssn(digits: str) -> bool:
    """Social Security Administration, RM 10201.035: area, group and serial that were never given out."""
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in {"000", "666"} and area[0] != "9" and group != "00" and serial != "0000"


def china(code: str) -> bool:
    """GB 11643: province, birthday, check sign. Eighteen signs, the last of which may be X."""
    return (
        int(code[:2]) in _PROVINCES
        and yyyymmdd(code[6:14])
        and _CHINA_CHECKS[weighted(code[:17], _CHINA_WEIGHTS) % 11] == code[17].upper()
    )


def spain(code: str) -> bool:
    """DNI and NIE: a letter says the number modulo 23. X, Y, Z stand for 0, 1, 2."""
    number = code[:-1].upper().translate({88: "0", 89: "1", 90: "2"})
    return _SPAIN_LETTERS[int(number) % 23] == code[-1].upper()


def france(code: str) -> bool:
    """NIR: sex, year, month, department (2A and 2B are Corsica), and 97 less the rest modulo 97."""
    body, key = code[:-2], int(code[-2:])
    month = int(body[3:5])
    if body[0] not in "12378" or not (1 <= month <= 12 or 20 <= month <= 42 or month >= 50):
        return False
    less = {"2A": 1_000_000, "2B": 2_000_000}.get(body[5:7].upper(), 0)
    number = int(body.upper().replace("A", "0").replace("B", "0")) - less
    return 97 - number % 97 == key


def germany(digits: str) -> bool:
    """Steuer-ID: one of the first ten digits comes twice or three times, the rest at most once."""
    counts = sorted((digits[:10].count(digit) for digit in set(digits[:10])), reverse=True)
    return digits[0] != "0" and counts[0] in {2, 3} and counts[1] == 1 and mod11_10(digits)


def italy(code: str) -> bool:
    """Codice fiscale: sixteen signs, the last of which adds up the others."""
    if not _ITALY.fullmatch(code):
        return False
    odd = sum(_ITALY_ODD[sign] for sign in code[0:15:2])
    even = sum(int(sign) if sign.isdigit() else ord(sign) - 65 for sign in code[1:15:2])
    return chr(65 + (odd + even) % 26) == code[15]


def brazil_cpf(digits: str) -> bool:
    """Two check digits modulo 11."""
    first = weighted(digits, range(10, 1, -1)) * 10 % 11 % 10
    second = weighted(digits, range(11, 1, -1)) * 10 % 11 % 10
    return not same(digits) and digits[9:] == f"{first}{second}"


def brazil_cnpj(digits: str) -> bool:
    """Of a company, and often of one person's: two check digits modulo 11."""
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    first = -weighted(digits[:12], weights[1:]) % 11 % 10
    second = -weighted(digits[:13], weights) % 11 % 10
    return not same(digits) and digits[12:] == f"{first}{second}"


def india(digits: str) -> bool:
    """Aadhaar: begins with 2 to 9, Verhoeff."""
    return digits[0] > "1" and not same(digits) and verhoeff(digits)


def uk_nhs(digits: str) -> bool:
    """NHS number: modulo 11; ten is never given out."""
    return not same(digits) and -weighted(digits[:9], range(10, 1, -1)) % 11 == int(digits[9])


def uk_nino(code: str) -> bool:
    """National Insurance number: prefixes that HMRC never gives out (NIM39110)."""
    prefix = code[:2].upper()
    return (
        not set(prefix) & set("DFIQUV")
        and prefix[1] != "O"
        and prefix not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}
        and code[-1].upper() in "ABCD"
    )


def netherlands(digits: str) -> bool:
    """BSN: the eleven test."""
    return not same(digits) and weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def poland(digits: str) -> bool:
    """PESEL: birthday with the century in the month, modulo 10."""
    birthday = day_of_year(int(digits[2:4]) % 20, int(digits[4:6]))
    return birthday and weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def korea_checked(digits: str) -> bool:
    """RRN as given out until October 2020."""
    check = (11 - weighted(digits[:12], (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10
    return korea(digits) and check == int(digits[12])


def korea(digits: str) -> bool:
    """RRN: birthday, then a sign for sex and century. Those of today end in six random digits."""
    return yymmdd(digits) and digits[6] in "12345678"


def japan(digits: str) -> bool:
    """My Number: ordinance 85 of 2014, article 5."""
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    rest = weighted(digits[:11], weights) % 11
    return not same(digits) and int(digits[11]) == (0 if rest <= 1 else 11 - rest)


def russia_snils(digits: str) -> bool:
    """Insurance number: modulo 101."""
    return not same(digits) and weighted(digits[:9], range(9, 0, -1)) % 101 % 100 == int(digits[9:])


def russia_inn(digits: str) -> bool:
    """Taxpayer's number of a person: two check digits."""
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    first, second = weighted(digits[:10], weights[1:]) % 11 % 10, weighted(digits[:11], weights) % 11 % 10
    return not same(digits) and digits[10:] == f"{first}{second}"


def portugal(digits: str) -> bool:
    """NIF of a person: modulo 11."""
    check = 11 - weighted(digits[:8], range(9, 1, -1)) % 11
    return digits[0] in "1235" and int(digits[8]) == (0 if check >= 10 else check)
