"""Whether a text asks for facts of today, and whether its author is in a hurry.

Words say it, in ten languages (`words/`); what they are said for decides. The
same `today` asks for the news, sets a scene, or stands in a text that is to be
translated. Structure is the same for all languages, and is written here.
"""

import re
from typing import Final

import msgspec

from optipath_router.chat.features import Timeliness
from optipath_router.classify.timeliness.reading import Reading, reading

LEAST: Final = 0.5
"""Below this strength nothing is said."""
TRAINED_UNTIL: Final = 2024
"""What happened in later years is news to many a model."""

_YEAR: Final = re.compile(r"(?:1[0-9]|20)[0-9]{2}(?<![0-9]{5})(?![0-9])")
_SETTLED_BEFORE: Final = 2020
_FEW_NUMBERS: Final = 2
"""A text with more of them is a sum, whatever week its apples were bought in."""


class Timely(msgspec.Struct, frozen=True):
    """How a text stands to the present, and what says so."""

    kind: Timeliness
    what: str
    """What it was seen from, never in the text's words: `asks for now`."""
    strength: float
    """0 to 1."""


def timeliness(text: str, language: str) -> tuple[Timely, ...]:
    """How a text stands to the present; nothing where it does not."""
    read = reading(text, language)
    fresh, urgent = _fresh(read), _urgent(read)
    if urgent.strength >= LEAST and fresh.what == _NOW:
        # The now is that of the hurry.
        return (urgent,)
    return tuple(timely for timely in (fresh, urgent) if timely.strength >= LEAST)


_NOW: Final = "asks for now"


class _Sentence(msgspec.Struct, frozen=True):
    """What stands in one sentence that may ask for facts of today."""

    fresh: bool
    volatile: bool
    now: bool
    late: bool
    """A year that is new."""
    asks: bool
    settled: bool
    own: bool
    past: bool


def _fresh(read: Reading) -> Timely:
    """The sentence that asks most for facts of today."""
    best = Timely(Timeliness.FRESH, "", 0.0)
    said = {concept: read.places(concept) for concept in ("fresh", "volatile", "now")}
    years = [(match.start(), int(match[0])) for match in _YEAR.finditer(read.text)]
    if not any(said.values()) and all(year <= TRAINED_UNTIL for _, year in years):
        return best
    left = 0.1 if read.has("about") or read.has("work") else 1.0
    said |= {concept: read.places(concept) for concept in ("asks", "settled", "own", "past")}
    said["late"] = [at for at, year in years if year > TRAINED_UNTIL]
    said["past"] += [at for at, year in years if year < _SETTLED_BEFORE]
    for start, end in read.sentences():
        there = {concept: any(start <= at < end for at in places) for concept, places in said.items()}
        there["asks"] |= read.text[start:end].rstrip().endswith("?")
        sentence = _Sentence(**there)
        what, strength = _asked(sentence, read)
        strength = round(strength * _sobriety(sentence) * left, 2)
        if strength > best.strength:
            best = Timely(Timeliness.FRESH, what, strength)
    return best


def _asked(sentence: _Sentence, read: Reading) -> tuple[str, float]:
    """What a sentence asks for by the concepts in it, and how surely."""
    sum_of_things = 0.4 if read.numbers > _FEW_NUMBERS else 1.0
    if sentence.fresh:
        sure = sentence.asks or sentence.now or read.is_short
        return "asks for what changes daily", 0.95 if sure else 0.75
    if sentence.volatile and sentence.now:
        return "what changes, now", (0.9 if sentence.asks else 0.65) * sum_of_things
    if sentence.late and sentence.asks:
        return "a year that is new", 0.8 * sum_of_things
    if sentence.now and sentence.asks and not read.is_long:
        return _NOW, 0.6 * sum_of_things
    return "what changes, in few words", 0.7 if sentence.volatile and read.is_short else 0.0


def _sobriety(sentence: _Sentence) -> float:
    """How much is left where a sentence asks of the past, of how and why, or of its author's own affairs."""
    return (
        (0.3 if sentence.past and not sentence.late else 1.0)
        * (0.5 if sentence.settled else 1.0)
        * (0.4 if sentence.own and not sentence.fresh else 1.0)
    )


def _urgent(read: Reading) -> Timely:
    """Whether a text says that there is a hurry, or is written from the midst of one."""
    what, strength = _hurry(read)
    if strength and (read.has("calm") or read.has("about")):
        strength *= 0.3
    return Timely(Timeliness.URGENT, what, round(strength, 2))


def _hurry(read: Reading) -> tuple[str, float]:
    """What says that there is a hurry, and how surely."""
    until = read.before_payload()
    if any(at < until for at in read.places("urgent")):
        return "says so", 0.9
    if read.opens_in_a_hurry:
        return "begins in a hurry", 0.7
    signs = {
        "little time": read.soon(until),
        "an event": any(at < until for at in read.places("event")),
        "an outage": any(at < until for at in read.places("outage")),
        "danger": any(at < until for at in read.places("danger")),
    }
    seen = [sign for sign, there in signs.items() if there]
    # An event alone is no hurry, nor is a length of time, nor a server that is down in a story.
    return " and ".join(seen), 0.7 if len(seen) > 1 else 0.0
