"""How one request is answered, as a value. Which model names ask for what is said in `words`."""

from dataclasses import dataclass, field, replace
from typing import Literal

Content = Literal["text", "json", "tool", "refusal", "filtered"]
Reason = Literal["status", "wrong-key", "quota", "context", "policy", "overloaded"]
Shape = Literal["own", "html", "text", "empty", "anthropic", "azure", "gemini"]
Place = Literal[
    "retry-after", "retry-after-ms", "retry-after-date", "reset-requests", "reset-tokens", "message", "retry-info"
]
Fault = Literal["close", "reset", "stall", "truncate", "error", "bad-chunk"]
Defect = Literal["badjson", "empty", "null", "double-key", "wrong-type"]
Usage = Literal["asked", "never", "last", "in-finish", "each"]
Lines = Literal["plain", "nospace", "multiline-data", "ids"]
Omission = Literal["no-done", "no-finish", "done-only"]
Framing = Literal[
    "chunked-body",
    "close-delimited",
    "trailers",
    "chunk-extensions",
    "1xx",
    "idle-close",
    "both-lengths",
    "two-lengths",
]
NoHead = Literal["half", "close", "reset"]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a refused caller is asked to wait, and where that stands."""

    place: Place
    wait: str
    """As it is written there: `3`, `174ms`, `6m0s`; in a date, seconds from now."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error in place of an answer; its status may be 200."""

    status: int
    reason: Reason = "status"
    """What the provider gives as its cause, beyond the status."""
    shape: Shape = "own"
    """Whose body it is: the dialect's own, a proxy's page, or another provider's."""
    patience: Patience | None = None
    requests: int | None = None
    """Only the first requests get it, this many."""
    seconds: float | None = None
    """Only requests within this time of the first get it."""


@dataclass(frozen=True, slots=True)
class Break:
    """An answer that goes wrong once `after` of its tokens are out."""

    fault: Fault
    after: int = 3


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How one request is answered; the defaults answer well."""

    head_seconds: float = 0.0
    """Wait before the status line."""
    first_token_seconds: float = 0.0
    """Wait between the head and the first event."""
    gap_seconds: float = 0.0
    """Wait between tokens."""
    keepalive_seconds: float | None = None
    """Between comments that come in place of events; for ever, unless there is a wait for the first token."""
    byte_seconds: float | None = None
    """Between the bytes of a body, each of which is a write of its own."""

    refusal: Refusal | None = None
    context: int | None = None
    """Longest prompt that is accepted, in tokens."""
    concurrency: int | None = None
    """Most requests to the model that are answered at once."""
    key: str | None = None
    """Fingerprint of the only key that is accepted."""
    redirect: int | None = None
    """Status of a redirect to the sink."""

    content: Content = "text"
    thinks: bool = False
    """Whether its thoughts come before the answer."""
    tokens: int | None = None
    """Length of the answer, where the name says it."""
    endless: bool = False
    flood_megabytes: int | None = None
    """Length of an answer that is made of long events, or of one long body."""
    event_kilobytes: int | None = None
    """Length of the answer's first token."""
    usage: Usage = "asked"
    """Where the token counts stand."""

    broken: Break | None = None
    defect: Defect | None = None
    """What is wrong with the JSON."""
    lines: Lines = "plain"
    """How an event is written."""
    line_end: str = "\n"
    """Of the lines of events."""
    omission: Omission | None = None
    """What a stream lacks at its end."""
    openings: int = 1
    """How often a stream says its opening event."""
    bom: bool = False
    """The body begins with a byte order mark."""
    feed_kilobytes: int = 0
    """Line feeds that the body begins with."""
    gzip: bool = False

    framing: Framing | None = None
    """How the answer is parted from what stands before and behind it, where that is not as usual."""
    two_answers: bool = False
    """Behind the answer comes one that nobody asked for."""
    hop_headers: bool = False
    """Headers that concern one connection, and those that name the provider."""
    header_kilobytes: int = 0
    """Headers beyond the useful ones."""
    no_head: NoHead | None = None
    """What happens to the connection where the head should be."""
    race: Literal["close", "reset"] | None = None
    """What happens to a connection on its second request."""

    words: tuple[str, ...] = field(default=(), compare=False)
    """The parts that were understood, a key by its fingerprint; what a log may show."""

    def at(self, number: int, seconds: float) -> "Behaviour":
        """The behaviour towards request `number` (from 1), so many seconds after the first."""
        refusal = self.refusal
        if refusal is None:
            return self
        passed = (refusal.requests is not None and number > refusal.requests) or (
            refusal.seconds is not None and seconds >= refusal.seconds
        )
        return replace(self, refusal=None) if passed else self

    def __str__(self) -> str:
        return "+".join(self.words) or "ok"
