"""A text as it is read for its time: where the words of its language's concepts stand."""

import re
from itertools import pairwise
from typing import Final

import msgspec

from optipath_router.classify.timeliness.view import dense, phrase, tokens, view
from optipath_router.classify.timeliness.words import WORDS, Words

_END: Final = re.compile(r"[.?!]")
_NUMBER: Final = re.compile(r"[0-9]{1,40}")
_PAYLOAD_WITHIN: Final = 200
_STEM: Final = 4
"""Letters of a word that a stem is looked up by."""


class _Concept(msgspec.Struct, frozen=True):
    """Phrases by what must be in a text for them to be: a first word, its first letters, or two signs."""

    phrases: dict[str, tuple[str, ...]]
    keys: frozenset[str]


class _Language(msgspec.Struct, frozen=True):
    """A language's words, made ready to be looked for."""

    spaced: bool
    concepts: dict[str, _Concept]
    opener: re.Pattern[str]
    soon: re.Pattern[str]
    short: int
    """A text of so many signs is a few words: `bitcoin price`."""
    long: int
    """A text of more signs holds more than what is asked."""
    edge: int
    """As much of a long text's beginning and end as may be asking."""


class Reading(msgspec.Struct, frozen=True):
    """A text, its sentences and its words."""

    text: str
    keys: frozenset[str]
    """Its words and their first letters; of a script without spaces, its signs and pairs of them."""
    language: _Language
    opens_in_a_hurry: bool

    @property
    def is_short(self) -> bool:
        """Whether it is but a few words."""
        return len(self.text) <= self.language.short

    @property
    def is_long(self) -> bool:
        """Whether it holds more than what is asked."""
        return len(self.text) > self.language.long

    @property
    def numbers(self) -> int:
        """How many numbers are in it."""
        return len(_NUMBER.findall(self.text))

    def places(self, concept: str) -> list[int]:
        """Where a concept is said; of a long text, near its beginning and its end."""
        found = self.language.concepts[concept]
        places = [
            at for key in self.keys & found.keys for each in found.phrases[key] for at in _places(self.text, each)
        ]
        if not self.is_long:
            return places
        edge = self.language.edge
        return [at for at in places if at < edge or at > len(self.text) - edge]

    def has(self, concept: str) -> bool:
        """Whether a concept is said anywhere."""
        found = self.language.concepts[concept]
        return any(each in self.text for key in self.keys & found.keys for each in found.phrases[key])

    def sentences(self) -> list[tuple[int, int]]:
        """Where sentences begin and end."""
        cuts = [0, *(end.end() for end in _END.finditer(self.text)), len(self.text)]
        return [(start, end) for start, end in pairwise(cuts) if start < end]

    def before_payload(self) -> int:
        """Where a text to be worked on begins, behind a colon; the end where there is none."""
        colon = self.text.find(":", 0, _PAYLOAD_WITHIN)
        if colon >= 0 and any(at < colon for at in self.places("work")):
            return colon
        return len(self.text)

    def soon(self, until: int) -> bool:
        """Whether a time is nearly over."""
        return not self.is_long and self.language.soon.search(self.text, 0, until) is not None


def reading(text: str, language: str) -> Reading:
    """A text as its language has it read; one of no known language as English."""
    words = _LANGUAGES.get(language, _ENGLISH)
    seen = view(text)
    opens = words.opener.match(seen) is not None
    if words.spaced:
        said = tokens(seen)
        return Reading(f" {' '.join(said)} ", frozenset(said).union([word[:_STEM] for word in said]), words, opens)
    read = dense(seen)
    pairs = frozenset(map(str.__add__, read, read[1:])).union(read)
    return Reading(read, pairs, words, opens)


def _places(text: str, each: str) -> list[int]:
    """Where a phrase stands, past the space before it."""
    places, at, lead = [], text.find(each), each[0] == " "
    while at >= 0:
        places.append(at + lead)
        at = text.find(each, at + 1)
    return places


_CONCEPTS: Final = (
    "fresh",
    "volatile",
    "now",
    "asks",
    "past",
    "settled",
    "own",
    "about",
    "work",
    "urgent",
    "event",
    "outage",
    "danger",
    "calm",
)


def _language(words: Words) -> _Language:
    concepts = {name: _concept(getattr(words, name), has_spaces=words.spaced) for name in _CONCEPTS}
    openers = "|".join(re.escape(opener) for opener in words.opener)
    opener = re.compile(rf"[\W_]{{0,4}}(?:{openers})[ ]{{0,2}}[,!.:;、，！。：—–-]")
    sizes = (40, 600, 300) if words.spaced else (12, 250, 120)
    return _Language(words.spaced, concepts, opener, re.compile(words.soon), *sizes)


def _concept(written: tuple[str, ...], *, has_spaces: bool) -> _Concept:
    phrases: dict[str, list[str]] = {}
    for each in written:
        ready = phrase(each, has_spaces=has_spaces)
        if not has_spaces:
            key = ready[:2]
        else:
            first = ready.split()[0]
            key = first if ready[-1] == " " or " " in ready.strip() else first[:_STEM]
        phrases.setdefault(key, []).append(ready)
    return _Concept({key: tuple(each) for key, each in phrases.items()}, frozenset(phrases))


_LANGUAGES: Final = {name: _language(words) for name, words in WORDS.items()}
_ENGLISH: Final = _LANGUAGES["en"]
