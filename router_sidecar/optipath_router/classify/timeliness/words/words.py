"""What a language says of time, as data."""

import msgspec


def listed(phrases: str) -> tuple[str, ...]:
    """Phrases that are set apart by commas, on as many lines as they take."""
    return tuple(" ".join(phrase.split()) for phrase in phrases.split(","))


class Words(msgspec.Struct, frozen=True):
    """The words of one language, in lower case.

    In languages with spaces a phrase matches whole words, and one that ends
    in `*` any word that begins so. In languages without it matches anywhere.
    """

    fresh: tuple[str, ...]
    """Only the world of today can answer this."""
    volatile: tuple[str, ...]
    """Matters that change by the day: they need a question, or a word of the present."""
    now: tuple[str, ...]
    """Words of the present."""
    asks: tuple[str, ...]
    """What a question for a fact begins with; a question mark says the same."""
    past: tuple[str, ...]
    """What is over, and settled."""
    settled: tuple[str, ...]
    """How and why: asked of the world in general."""
    own: tuple[str, ...]
    """The author's own affairs, which no news can tell."""
    about: tuple[str, ...]
    """The words are spoken of, or made up: definitions, fiction, code."""
    work: tuple[str, ...]
    """A text is given to be worked on: translated, rewritten, classified."""
    urgent: tuple[str, ...]
    """Says that there is a hurry."""
    opener: tuple[str, ...]
    """Says it as the first word."""
    soon: str
    """A regular expression for a time that is nearly over, over words set apart by single spaces."""
    event: tuple[str, ...]
    """What one must be ready for."""
    outage: tuple[str, ...]
    """What is broken and hurts."""
    danger: tuple[str, ...]
    """Harm to somebody."""
    calm: tuple[str, ...]
    """Says that there is none."""
    spaced: bool = True
