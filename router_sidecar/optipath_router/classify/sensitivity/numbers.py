"""Numbers: one sweep over the digits of a slice.

Prose has few digits, and the sweep leaps from one to the next. A run of digits
is cut into its groups, and the lengths of neighbouring groups name the rules
that it may satisfy: a look into a dict, not a pattern for each of them.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from optipath_router.classify.sensitivity import cards, context, identities, phones
from optipath_router.classify.sensitivity.addresses import address
from optipath_router.classify.sensitivity.birthdays import birthday
from optipath_router.classify.sensitivity.codes import after_digits, code
from optipath_router.classify.sensitivity.found import Found, What
from optipath_router.classify.sensitivity.national import china, france
from optipath_router.classify.sensitivity.network import V4, ipv6_address, person_v4
from optipath_router.classify.sensitivity.rule import Rule
from optipath_router.classify.sensitivity.window import Window

_DIGIT: Final = re.compile("[0-9]")
_LETTERS: Final = re.compile("[A-Za-z_]{1,40}")
_WORD: Final = re.compile("[A-Za-z0-9_]{0,512}")
_RUN: Final = re.compile(r"[0-9]{1,24}(?:[ .\-/()]{1,3}[0-9]{1,24}){0,11}")
_GROUP: Final = re.compile("[0-9]{1,24}")
_CORSICA: Final = re.compile(r"[12378] ?[0-9]{2} ?[0-9]{2} ?2[AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}(?![0-9A-Za-z])")
_HAN: Final = re.compile("[\u4e00-\u9fff]")

_CHINA_BEFORE_X: Final = (17,)
_MOST_GROUPS: Final = 7
_LEAST_DIGITS: Final = 7
_LEAST_V4: Final = len("1.1.1.1")


def _by_groups() -> dict[tuple[int, ...], tuple[Rule, ...]]:
    rules: dict[tuple[int, ...], list[Rule]] = {}
    for rule in (*cards.rules(), *identities.rules(), *phones.rules()):
        rules.setdefault(rule.groups, []).append(rule)
    return {groups: tuple(each) for groups, each in rules.items()}


_RULES: Final = _by_groups()


def numbers(window: Window, resume: int) -> tuple[list[Found], int]:
    """What digits of the slice are, and where the next slice goes on; both by places in the whole text."""
    text, found = window.text, list[Found]()
    at = max(window.begin, resume - window.offset)
    while digit := _DIGIT.search(text, at, max(at, window.end)):
        first = digit.start()
        start = _word_start(text, first)
        at = _of_word(window, start, first, found) if start < first else _of_run(window, first, found)
    return found, at + window.offset


def _word_start(text: str, first: int) -> int:
    """Where the letters before a digit begin."""
    if not first or not (text[first - 1].isascii() and (text[first - 1].isalpha() or text[first - 1] == "_")):
        return first
    letters = _LETTERS.match(text[max(0, first - 40) : first][::-1])
    return first - letters.end() if letters else first


def _of_word(window: Window, start: int, first: int, found: list[Found]) -> int:
    """What a word of letters and digits is, and where it ends."""
    end = _word_end(window.text, first)
    made = ipv6_address(window, start) or code(window, start, end)
    if made is None:
        return end
    found.append(made)
    return max(end, made.end - window.offset)


def _word_end(text: str, at: int) -> int:
    beside = text[at : at + 1]
    if not (beside.isascii() and (beside.isalnum() or beside == "_")):
        return at
    word = _WORD.match(text, at)
    return word.end() if word else at


def _of_run(window: Window, first: int, found: list[Found]) -> int:
    """What a run of digits is, and where it ends."""
    text = window.text
    run = _RUN.match(text, first)
    end = run.end() if run else first + 1
    if end - first >= _LEAST_V4 and (v4 := V4.match(text, first)):
        if made := person_v4(window, first, v4):
            found.append(made)
        return v4.end()
    made = (
        ipv6_address(window, first)
        or birthday(window, first)
        or address(window, first)
        or after_digits(window, first, end)
    )
    if made:
        found.append(made)
        return made.end - window.offset
    if end - first >= _LEAST_DIGITS:
        if made := _corsican(window, first):
            found.append(made)
            return made.end - window.offset
        groups = [group.span() for group in _GROUP.finditer(text, first, end)]
        found.extend(_of_groups(window, groups))
    return _word_end(text, end)


def _corsican(window: Window, first: int) -> Found | None:
    match = _CORSICA.match(window.text, first) if window.text[first] in "12378" else None
    if match and france(match[0].replace(" ", "")):
        return window.found(What.NATIONAL_ID, first, match.end(), "FR")
    return None


def _of_groups(window: Window, groups: list[tuple[int, int]]) -> Iterator[Found]:
    """The longest of what neighbouring groups are, from the left."""
    text, at = window.text, 0
    lengths = [end - start for start, end in groups]
    between = [text[left:right] for (_, left), (right, _) in pairwise(groups)]
    while at < len(groups):
        plus = text[groups[at][0] - 1 : groups[at][0]] == "+"
        for until in range(min(len(groups), at + _MOST_GROUPS), at, -1):
            shape = tuple(lengths[at:until])
            if not (plus or shape in _RULES or shape == _CHINA_BEFORE_X) or not _alone(between, at, until):
                continue
            start, end = groups[at][0], groups[until - 1][1]
            digits = "".join(text[left:right] for left, right in groups[at:until])
            made = _number(window, digits, shape, tuple(between[at : until - 1]), start=start, end=end)
            if made:
                yield made
                at = until
                break
        else:
            at += 1


def _alone(between: list[str], at: int, until: int) -> bool:
    """Whether what stands beside these groups is set off by a space."""
    return (not at or " " in between[at - 1]) and (until > len(between) or " " in between[until - 1])


def _number(  # noqa: PLR0911  each way out says what it is
    window: Window, digits: str, lengths: tuple[int, ...], between: tuple[str, ...], *, start: int, end: int
) -> Found | None:
    """What one number is, if it is one of a person's."""
    if not _LEAST_DIGITS <= len(digits) <= 19:
        return None
    text, lower = window.text, window.lower
    before = text[start - 1] if start else ""
    if before == "+" and phones.international(digits) and phones.SIGNS.issuperset("".join(between)):
        return window.found(What.PHONE, start - 1, end, phones.country(digits))
    if lengths == _CHINA_BEFORE_X and text[end : end + 1] in {"X", "x"} and china(digits + "X"):
        return window.found(What.NATIONAL_ID, start, end + 1, "CN")
    rules = _RULES.get(lengths)
    if not rules or not _stands_alone(text, start, end):
        return None
    beside = lower[max(0, start - context.BEFORE) : start] + "\n" + lower[end : end + context.AFTER]
    thing = context.NOT_A_PERSONS.search(lower, max(0, start - 18), start) is not None
    signs = tuple(sign.strip() or " " for sign in between)
    for rule in rules:
        if rule.fits(digits, _opened(signs, before)) and (
            rule.context.search(beside) is not None if rule.context else not (thing and rule.what is What.PHONE)
        ):
            return window.found(rule.what, start, end, rule.country)
    if lengths == (11,) and digits[0] == "1" and digits[1] > "2" and not thing and _among_han(text, start, end):
        return window.found(What.PHONE, start, end, "CN")
    return None


def _opened(signs: tuple[str, ...], before: str) -> tuple[str, ...]:
    """The signs between groups, `)` as the sign that follows it where a bracket was opened before."""
    if before == "(" and signs and ")" in signs[0]:
        return (signs[1] if len(signs) > 1 else "-", *signs[1:])
    return signs


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether digits are no part of a word, a path, a sum of money or a fraction."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before[-1:] in {"$", "€", "£", "¥", "#", "_", "\\"} or (
        before[-1:] in {"-", ".", "/", ","} and before[0].isalnum()
    ):
        return False
    return not (after[:1].isascii() and (after[:1].isalnum() or after[:1] == "_")) and not (
        after[:1] in {"-", "/", ".", ",", "%"} and after[1:].isascii() and after[1:].isalnum()
    )


def _among_han(text: str, start: int, end: int) -> bool:
    return _HAN.search(text, max(0, start - 12), end + 8) is not None
