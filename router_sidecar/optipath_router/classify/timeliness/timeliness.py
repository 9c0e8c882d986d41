"""Whether a text asks for facts of today, and whether its author is in a hurry.

Words say it, in ten languages (`words/`); what they are said for decides. The
same `today` asks for the news, sets a scene, or stands in a text that is to be
translated. Structure is the same for all languages, and is written here.
"""

import re
from typing import Final

import msgspec

from optipath_router.chat.features import Timeliness
from optipath_router.classify.timeliness.view import dense, phrase, spaced, view
from optipath_router.classify.timeliness.words import WORDS, Words

LEAST: Final = 0.5
"""Below this strength nothing is said."""
TRAINED_UNTIL: Final = 2024
"""What happened in later years is news to many a model."""

_YEAR: Final = re.compile(r"(?<![0-9])(?:1[0-9]{3}|20[0-9]{2})(?![0-9])")
_ENDS: Final = ".?!"
_SHORT_WORDS: Final = 6
_SHORT_SIGNS: Final = 12


class Timely(msgspec.Struct, frozen=True):
    """How a text stands to the present, and what says so."""

    kind: Timeliness
    what: str
    """What it was seen from, never in the text's words: `asks for now`."""
    strength: float
    """0 to 1."""


class _Reader(msgspec.Struct, frozen=True):
    """A language's words, as they stand in a view."""

    spaced: bool
    phrases: dict[str, tuple[str, ...]]
    soon: re.Pattern[str]


_CONCEPTS: Final = (
    "fresh", "volatile", "now", "asks", "past", "settled", "own", "about", "work", "urgent", "opener", "event", "outage", "danger", "calm",
)  # fmt: skip


def _reader(words: Words) -> _Reader:
    phrases = {
        concept: tuple(phrase(written, has_spaces=words.spaced) for written in getattr(words, concept))
        for concept in _CONCEPTS
    }
    return _Reader(words.spaced, phrases, re.compile(words.soon))


_READERS: Final = {language: _reader(words) for language, words in WORDS.items()}
_ENGLISH: Final = _READERS["en"]


def timeliness(text: str, language: str) -> tuple[Timely, ...]:
    """How a text stands to the present; nothing where it does not."""
    reader = _READERS.get(language, _ENGLISH)
    seen = view(text)
    read = spaced(seen) if reader.spaced else dense(seen)
    found = (_fresh(read, reader), _urgent(read, reader))
    return tuple(timely for timely in found if timely.strength >= LEAST)


def _fresh(read: str, reader: _Reader) -> Timely:
    """The sentence that asks most for facts of today."""
    best = Timely(Timeliness.FRESH, "", 0.0)
    said = {concept: _places(read, reader.phrases[concept]) for concept in ("fresh", "volatile", "now")}
    years = [(match.start(), int(match[0])) for match in _YEAR.finditer(read)]
    late = [place for place, year in years if year > TRAINED_UNTIL]
    if not (any(said.values()) or late):
        return best
    frame = _frame(read, reader)
    for start, end in _sentences(read):
        fresh, volatile, now = (
            any(start <= at < end for at in said[concept]) for concept in ("fresh", "volatile", "now")
        )
        new = any(start <= at < end for at in late)
        if not (fresh or volatile or now or new):
            continue
        sentence = read[start:end]
        asks = sentence.rstrip().endswith("?") or _has(sentence, reader.phrases["asks"])
        what, strength = _asked(
            fresh=fresh, volatile=volatile, now=now, new=new, asks=asks, short=_is_short(read, reader)
        )
        strength *= frame * _sobriety(
            sentence, reader, fresh=fresh, old=any(start <= at < end and year < 2020 for at, year in years)
        )
        if strength > best.strength:
            best = Timely(Timeliness.FRESH, what, round(strength, 2))
    return best


def _asked(*, fresh: bool, volatile: bool, now: bool, new: bool, asks: bool, short: bool) -> tuple[str, float]:  # noqa: PLR0911  a table
    """What a sentence asks for by the concepts in it, and how surely."""
    if fresh:
        return "asks for what changes daily", 0.95 if asks or short or now else 0.75
    if volatile and now:
        return "what changes, now", 0.9 if asks else 0.65
    if new and asks:
        return "a year that is new", 0.8
    if now and asks:
        return "asks for now", 0.6
    if volatile and short:
        return "what changes, in few words", 0.7
    return "what changes", 0.4


def _sobriety(sentence: str, reader: _Reader, *, fresh: bool, old: bool) -> float:
    """How much is left where a sentence asks of the past, of how and why, or of its author's own affairs."""
    left = 1.0
    if old or _has(sentence, reader.phrases["past"]):
        left *= 0.3
    if _has(sentence, reader.phrases["settled"]):
        left *= 0.5
    if not fresh and _has(sentence, reader.phrases["own"]):
        left *= 0.4
    return left


def _frame(read: str, reader: _Reader) -> float:
    """How much is left where the whole is about words, made up, or a text to be worked on."""
    return 0.1 if _has(read, reader.phrases["about"]) or _has(read, reader.phrases["work"]) else 1.0


def _urgent(read: str, reader: _Reader) -> Timely:
    """Whether a text says that there is a hurry, or is written from the midst of one."""
    nothing = Timely(Timeliness.URGENT, "", 0.0)
    phrases = reader.phrases
    body = _before_payload(read, reader)
    if _has(body, phrases["calm"]):
        return nothing
    left = 0.3 if _has(body, phrases["about"]) else 1.0
    if _has(body, phrases["urgent"]):
        return Timely(Timeliness.URGENT, "says so", round(0.9 * left, 2))
    if body.lstrip().startswith(tuple(opener.strip() for opener in phrases["opener"])) and _opens(body, reader):
        return Timely(Timeliness.URGENT, "begins in a hurry", round(0.7 * left, 2))
    signs = {
        "little time": reader.soon.search(body) is not None,
        "an event": _has(body, phrases["event"]),
        "an outage": _has(body, phrases["outage"]),
        "danger": _has(body, phrases["danger"]),
    }
    seen = [sign for sign, there in signs.items() if there]
    # An event is not a hurry, nor is a length of time.
    strength = {0: 0.0, 1: 0.3}.get(len(seen), 0.7)
    return Timely(Timeliness.URGENT, " and ".join(seen), round(strength * left, 2)) if seen else nothing


def _opens(body: str, reader: _Reader) -> bool:
    """Whether the first word is the opener itself, not one that only begins so."""
    return not reader.spaced or body.startswith(reader.phrases["opener"])


def _before_payload(read: str, reader: _Reader) -> str:
    """A text up to the colon behind which stands what is to be worked on."""
    colon = read.find(":")
    while 0 <= colon < 200:
        if _has(read[:colon], reader.phrases["work"]):
            return read[:colon]
        colon = read.find(":", colon + 1)
    return read


def _sentences(read: str) -> list[tuple[int, int]]:
    """Where sentences begin and end."""
    cuts = [0, *(at + 1 for at, sign in enumerate(read) if sign in _ENDS), len(read)]
    return [(start, end) for start, end in zip(cuts, cuts[1:], strict=False) if start < end]


def _is_short(read: str, reader: _Reader) -> bool:
    return read.count(" ") - 1 <= _SHORT_WORDS if reader.spaced else len(read) <= _SHORT_SIGNS


def _has(read: str, phrases: tuple[str, ...]) -> bool:
    return any(each in read for each in phrases)


def _places(read: str, phrases: tuple[str, ...]) -> list[int]:
    """Where phrases stand, past the space before them."""
    places = []
    for each in phrases:
        at = read.find(each)
        while at >= 0:
            places.append(at + 1 if each[0] == " " else at)
            at = read.find(each, at + 1)
    return places
