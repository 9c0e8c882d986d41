"""Check digits, as their issuers define them. All take digits alone, unless they say otherwise."""

from collections.abc import Sequence
from typing import Final

# Verhoeff (1969), "Error detecting decimal codes": the dihedral group of order ten, and its permutation.
_DIHEDRAL: Final = tuple(
    tuple((a + b) % 5 + 5 * (b >= 5) if a < 5 else (a - b) % 5 + 5 * (b < 5) for b in range(10)) for a in range(10)
)
_PERMUTATION: Final = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
_LUHN_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def weighted(digits: str, weights: Sequence[int]) -> int:
    """The sum of digits by their weights."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B: cards."""
    odd = sum(map(int, digits[-1::-2]))
    even = sum(_LUHN_DOUBLED[int(digit)] for digit in digits[-2::-2])
    return (odd + even) % 10 == 0


def verhoeff(digits: str) -> bool:
    """India's Aadhaar."""
    check, row = 0, tuple(range(10))
    for digit in reversed(digits):
        check = _DIHEDRAL[check][row[int(digit)]]
        row = tuple(_PERMUTATION[each] for each in row)
    return check == 0


def mod97(code: str) -> bool:
    """ISO 7064 MOD 97-10 over an IBAN in capitals without spaces."""
    return int("".join(str(int(sign, 36)) for sign in code[4:] + code[:4])) % 97 == 1


def mod11_10(digits: str) -> bool:
    """ISO 7064 MOD 11,10: Germany's tax id."""
    product = 10
    for digit in digits[:-1]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[-1])


def same(digits: str) -> bool:
    """Whether it is one digit over and over, which many sums let pass."""
    return digits == digits[0] * len(digits)
