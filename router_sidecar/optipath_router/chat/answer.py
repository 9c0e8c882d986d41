"""An answer in words that no dialect owns: whole, or piece by piece.

    Opened, PartBegun, PartGrown, PartGrown, PartBegun, ..., ChoiceEnded, Told

Pieces of different choices may come in any order; parts of one choice are
numbered in the order in which they begin. Several may be open at once.
"""

from enum import StrEnum

import msgspec

from optipath_router.chat.conversation import Citation, Extra, Hosted, Part
from optipath_router.chat.usage import Usage


class Finish(StrEnum):
    """Why an answer ended."""

    STOP = "stop"
    """The model had said all, or came to a stop sequence."""
    LENGTH = "length"
    """The limit of tokens."""
    WINDOW = "window"
    """The end of the context window."""
    TOOL_CALLS = "tool_calls"
    FILTERED = "filtered"
    """The provider's filter."""
    REFUSED = "refused"
    """The model declined."""
    PAUSED = "paused"
    """It goes on where the caller sends it back, as it is."""
    OTHER = "other"
    """For a reason that no other dialect knows."""


class Choice(msgspec.Struct, frozen=True):
    """One answer."""

    parts: tuple[Part, ...]
    finish: Finish
    told: str = ""
    """The finish in the provider's own word."""
    stop_sequence: str | None = None
    """The one that it came to."""
    logprobs: msgspec.Raw | None = None
    """In OpenAI's chat format."""
    extra: Extra | None = None


class Answer(msgspec.Struct, frozen=True):
    """All answers to one request."""

    choices: tuple[Choice, ...]
    id: str = ""
    model: str = ""
    created: int | None = None
    """Seconds since 1970; None where it is not told."""
    usage: Usage | None = None
    extra: Extra | None = None


class Opened(msgspec.Struct, frozen=True):
    """The answer begins; there is nothing of it yet."""

    id: str = ""
    model: str = ""
    created: int | None = None
    usage: Usage | None = None
    """What is known of it so far: the input."""


class PartBegun(msgspec.Struct, frozen=True):
    """A part begins, with what is there of it."""

    choice: int
    part: int
    """Its number within the choice, from 0."""
    what: Part


class PartGrown(msgspec.Struct, frozen=True):
    """There is more of a part: of its text, or of its arguments."""

    choice: int
    part: int
    text: str = ""
    data: str = ""
    """Of a sound, in base64; its text is the transcript."""
    signature: str | None = None
    """Of a thought, which comes when all of it has been said; as does `hidden`, all of it encrypted."""
    hidden: str | None = None
    citation: Citation | None = None
    logprobs: msgspec.Raw | None = None
    """Of this piece, in OpenAI's chat format."""


class HostedTold(msgspec.Struct, frozen=True):
    """An event of a tool that the provider runs; only the same dialect can say it again."""

    hosted: Hosted


class ChoiceEnded(msgspec.Struct, frozen=True):
    """A choice has come to its end."""

    choice: int
    finish: Finish
    told: str = ""
    stop_sequence: str | None = None
    extra: Extra | None = None
    """As of a whole choice: what was told of it besides, by its end."""


class Told(msgspec.Struct, frozen=True):
    """The usage so far; the last one counts."""

    usage: Usage


class Failing(msgspec.Struct, frozen=True):
    """The provider says, inside the stream, that it failed."""

    body: bytes
    """In its own words; providers/failure.py knows what it means."""


Delta = Opened | PartBegun | PartGrown | HostedTold | ChoiceEnded | Told | Failing
