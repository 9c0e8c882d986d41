"""Numbers with letters in them: IBAN, passports, and the ids of Spain, Italy and Britain."""

import re
from typing import Final

from optipath_router.classify.sensitivity import context
from optipath_router.classify.sensitivity.checks import mod97
from optipath_router.classify.sensitivity.found import Found, What
from optipath_router.classify.sensitivity.national import italy, spain, uk_nino
from optipath_router.classify.sensitivity.window import Window

# SWIFT, IBAN registry: countries by the length of theirs.
_IBAN_COUNTRIES: Final = {
    15: "NO",
    16: "BE",
    18: "DK FI FO GL NL",
    19: "MK SI",
    20: "AT BA EE KZ LT LU XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT",
    26: "IS TR",
    27: "FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HU LB PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU",
    31: "MT SC",
    32: "LC",
}
_IBAN_LENGTHS: Final = {country: length for length, listed in _IBAN_COUNTRIES.items() for country in listed.split()}
_IBAN: Final = re.compile(r"[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]){11,30}")
_LEAST_DNI: Final = 8
_LEAST_PAIRS: Final = len("12 34 56")
_NINO: Final = re.compile(r"[A-Za-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-Da-d](?![0-9A-Za-z])")
_NIE: Final = re.compile(r"[XYZxyz]-?[0-9]{7}-?[A-Za-z](?![0-9A-Za-z])")
_DNI: Final = re.compile(r"(?:[0-9]{8}|[0-9]{2}\.[0-9]{3}\.[0-9]{3})[ -]?[A-Za-z](?![0-9A-Za-z])")
_NINE: Final = re.compile("[0-9A-Za-z]{9}(?![0-9A-Za-z])")
_PASSPORT: Final = re.compile(r"[A-Za-z]{1,2}[0-9]{6,8}[A-Za-z]?|[A-Za-z0-9]{9}")


def code(window: Window, start: int, end: int) -> Found | None:
    """What a word that begins with letters and has digits is."""
    text = window.text
    word = text[start:end]
    if len(word) > 34 or "_" in word:
        return None
    return _iban(window, start) or _identity(window, start, end, word)


def _iban(window: Window, start: int) -> Found | None:
    match = _IBAN.match(window.text, start)
    if not match:
        return None
    length = _IBAN_LENGTHS.get(match[0][:2].upper())
    if length is None:
        return None
    signs, at = list[str](), start
    while at < match.end() and len(signs) < length:
        if window.text[at] not in " -":
            signs.append(window.text[at])
        at += 1
    after = window.text[at : at + 1]
    if len(signs) < length or (after.isascii() and after.isalnum()) or not mod97("".join(signs).upper()):
        return None
    return window.found(What.IBAN, start, at, match[0][:2].upper())


def _identity(window: Window, start: int, end: int, word: str) -> Found | None:
    text = window.text
    if len(word) == 16 and italy(word.upper()):
        return window.found(What.NATIONAL_ID, start, end, "IT")
    if (nie := _NIE.match(text, start)) and spain(nie[0].replace("-", "")):
        return window.found(What.NATIONAL_ID, start, nie.end(), "ES")
    if (nino := _NINO.match(text, start)) and uk_nino(nino[0]):
        return window.found(What.NATIONAL_ID, start, nino.end(), "GB")
    if _PASSPORT.fullmatch(word) and context.PASSPORT.search(window.lower, max(0, start - context.BEFORE), start):
        return window.found(What.PASSPORT, start, end)
    return None


def after_digits(window: Window, first: int, end: int) -> Found | None:
    """A run of digits with letters beside it: Spain's DNI, Britain's number in pairs, passports."""
    text = window.text
    if (
        end - first >= _LEAST_DNI
        and (dni := _DNI.match(text, first))
        and spain(_apart(dni[0]))
        and _said(window, first, dni[0])
    ):
        return window.found(What.NATIONAL_ID, first, dni.end(), "ES")
    if end - first >= _LEAST_PAIRS and text[first - 3 : first - 1].isalpha() and (nino := _NINO.match(text, first - 3)):
        alone = first == 3 or not text[first - 4].isalnum()
        if alone and uk_nino(nino[0]):
            return window.found(What.NATIONAL_ID, first - 3, nino.end(), "GB")
    word = _NINE.match(text, first) if text[end : end + 1].isalpha() else None
    if word and context.PASSPORT.search(window.lower, max(0, first - context.BEFORE), first):
        return window.found(What.PASSPORT, first, word.end())
    return None


def _apart(written: str) -> str:
    return written.replace(" ", "").replace(".", "").replace("-", "")


def _said(window: Window, first: int, written: str) -> bool:
    """Whether a DNI is set apart enough: a letter after a space may begin the next word."""
    return " " not in written or context.SPAIN.search(window.lower, max(0, first - context.BEFORE), first) is not None
