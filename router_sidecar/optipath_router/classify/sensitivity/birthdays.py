"""Dates of birth: a date beside a word that says whose beginning it is."""

import re
from typing import Final

from optipath_router.classify.sensitivity.found import Found, What
from optipath_router.classify.sensitivity.window import Window

_YEAR: Final = "(?:19|20)[0-9]{2}"
_DATE: Final = re.compile(
    rf"(?<![0-9])(?:[0-9]{{1,2}}[./-] ?[0-9]{{1,2}}[./-] ?(?:19|20)?[0-9]{{2}}|"
    rf"{_YEAR}[./-] ?[0-9]{{1,2}}[./-] ?[0-9]{{1,2}}"
    rf"|{_YEAR} ?[年년] ?[0-9]{{1,2}} ?[月월] ?[0-9]{{1,2}} ?[日일号]?"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th|er|\.|º|°)?(?: de| of)? [^\W\d_]{{3,12}}\.?,?(?: del?)? {_YEAR}"
    rf"|(?<=[a-z] )[0-9]{{1,2}}(?:st|nd|rd|th)?,? {_YEAR})(?![0-9])"
)
_BACK: Final = 44

_SAYS_SO: Final = re.compile(
    r"date of birth|\bdob\b|d\.o\.b|birth ?date|birthday|geburtsdatum|geburtstag|\bgeb\.|geboren am|"
    r"fecha de nacimiento|nac[ií] el|nacid[oa] el|date de naissance|née? le|data di nascita|"
    r"nat[oa] il"
    r"|data de nascimento|nasci em|nasci no dia|nascid[oa] (?:em|a)"
    r"|дата рождения|родил|рожд|出生|生日|生年月日|誕生日|생년월일|생일"
)
"""Words after which a date is one of birth."""
_BORN: Final = re.compile(
    r"(?<![^\W_])(?:i|i'm|my [a-z]{1,20}|patient|client|customer|employee|applicant|"
    r"tenant|pupil|"
    r"student)(?![^\W_])[^.\n]{0,30}\bborn\b"
)
"""`Born` is also said of people whom everybody knows: somebody of the author's must stand before it."""
_AFTER: Final = re.compile(r"(?:,|，| )?(?:geboren|出生|生まれ|生[,，。\s]|생|г\.р|года рождения)")
"""Words before which it is, as some languages say."""
_MONTH: Final = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \Z")


def birthday(window: Window, first: int) -> Found | None:
    """The date of birth that begins with the number here."""
    lower = window.lower
    date = _DATE.match(lower, first)
    if not date:
        return None
    before = lower[max(0, first - _BACK) : first]
    if not (_SAYS_SO.search(before) or _AFTER.match(lower, date.end()) or _BORN.search(before)):
        return None
    month = _MONTH.search(before[-12:])
    return window.found(What.DATE_OF_BIRTH, first - (len(month[0]) if month else 0), date.end())
