"""Dates that a person can have been born on."""

from typing import Final

_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def day_of_year(month: int, day: int) -> bool:
    """Whether a month has such a day."""
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]


def yyyymmdd(digits: str) -> bool:
    """Whether eight digits are a day of a life that may still go on."""
    return 1890 <= int(digits[:4]) <= 2035 and day_of_year(int(digits[4:6]), int(digits[6:8]))


def yymmdd(digits: str) -> bool:
    """Whether six digits are a day of any century."""
    return day_of_year(int(digits[2:4]), int(digits[4:6]))
