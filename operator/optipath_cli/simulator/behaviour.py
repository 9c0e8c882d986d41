"""What a model name asks the simulator to do.

A name is parts joined by `+`, and each part is one of `WORDS`: `slow-250ms+tokens-3+cut`. A part that is
none of them asks for nothing, so that `gpt-5-mini` and `ok-cheap` just answer well. Where two parts say
different things about the same matter, the later one holds. Case does not matter, except in a key.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Literal

from optipath_cli.simulator.request import fingerprint

Fault = Literal["close", "reset", "stall", "truncate", "error"]
Content = Literal["text", "json", "tool", "badjson", "empty"]
Reason = Literal["status", "wrong-key", "quota"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error in place of an answer."""

    status: int
    reason: Reason = "status"
    """What the provider gives as its cause, beyond the status."""
    retry_after: int | None = None
    """Seconds in `Retry-After`."""
    requests: int | None = None
    """Only the first requests get it, this many."""
    seconds: float | None = None
    """Only requests within this time of the first get it."""


@dataclass(frozen=True, slots=True)
class Break:
    """A stream that goes wrong once `after` of its tokens are out."""

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
    refusal: Refusal | None = None
    key: str | None = None
    """Fingerprint of the only key that is accepted."""
    broken: Break | None = None
    content: Content = "text"
    tokens: int | None = None
    """Length of the answer, where the name says it."""
    endless: bool = False
    usage: bool = True
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


@dataclass(frozen=True, slots=True)
class Word:
    """One thing a model name can ask for, and the only place that says so."""

    forms: str
    """How it is written, alternatives parted by a space; capitals stand for `VALUES`."""
    says: str
    change: Callable[..., dict[str, Any]]
    """Values in the order written -> fields of `Behaviour`."""


def _seconds(text: str) -> float:
    """Seconds in `3s`, `0.5s` or `250ms`."""
    return float(text[:-2]) / 1000 if text.endswith("ms") else float(text[:-1])


def _refuse(
    status: int, retry_after: int | None = None, *, requests: int | None = None, seconds: float | None = None
) -> dict[str, Any]:
    """A refusal; 429 asks for a second of patience unless the name says how much."""
    if status == HTTPStatus.TOO_MANY_REQUESTS and retry_after is None:
        retry_after = 1
    return {"refusal": Refusal(status, retry_after=retry_after, requests=requests, seconds=seconds)}


def _break(fault: Fault) -> Callable[..., dict[str, Any]]:
    """A stream that goes wrong by `fault`, after three tokens where the name does not say."""
    return lambda after=3: {"broken": Break(fault, after)}


VALUES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "STATUS": (r"[45]\d\d", int),
    "TIME": (r"\d{1,7}(?:\.\d{1,7})?m?s", lambda text: _seconds(text.lower())),
    "KEY": (r".+", str),
    "MS": (r"\d{1,7}", int),
    "N": (r"\d{1,7}", int),
}

WORDS: tuple[Word, ...] = (
    Word("slow-TIME", "waits before the status line: slow-3s, slow-250ms", lambda t: {"head_seconds": t}),
    Word(
        "slow-first-token-N slow-first-token-TIME",
        "head at once, first event after N seconds",
        lambda t: {"first_token_seconds": float(t)},
    ),
    Word("drip-MS", "MS milliseconds between tokens", lambda ms: {"gap_seconds": ms / 1000}),
    Word("tokens-N", "an answer of N tokens", lambda n: {"tokens": n}),
    Word("infinite-stream", "a stream without end; not streamed, no answer at all", lambda: {"endless": True}),
    Word("eSTATUS STATUS", "an error: e500, 503; 429 has Retry-After: 1", _refuse),
    Word("STATUS-retry-after-N", "an error that asks for N seconds of patience", _refuse),
    Word(
        "for-N-STATUS for-TIME-STATUS",
        "an error to the first N requests, or for that long after the first one; then well",
        lambda end, status: _refuse(status, requests=end) if isinstance(end, int) else _refuse(status, seconds=end),
    ),
    Word("auth", "401 that quotes part of the key", lambda: {"refusal": Refusal(401, "wrong-key")}),
    Word(
        "auth-requires-KEY",
        "401 to any other key; best given by POST /map, as model names are written down",
        lambda key: {"key": fingerprint(key)},
    ),
    Word("quota", "429 insufficient_quota", lambda: {"refusal": Refusal(429, "quota")}),
    Word("cut cut-after-N close-after-N", "closes the connection after N tokens (or 3)", _break("close")),
    Word("reset reset-after-N", "resets the connection after N tokens (or 3)", _break("reset")),
    Word("stall stall-after-N", "falls silent after N tokens (or 3)", _break("stall")),
    Word("truncate-after-N", "ends cleanly after N tokens, without a finish", _break("truncate")),
    Word("error-in-stream-N", "an error event after N tokens", _break("error")),
    Word("badjson", "200 with JSON that stops half way", lambda: {"content": "badjson"}),
    Word("empty", "200 with nothing in it", lambda: {"content": "empty"}),
    Word("tool", "calls the request's first function, where it has one", lambda: {"content": "tool"}),
    Word("json", "a JSON object, by the request's schema where it has one", lambda: {"content": "json"}),
    Word("noUsage", "leaves the token counts out", lambda: {"usage": False}),
)

# A value stands in a form as capitals: N, or two and more of them.
VALUE = re.compile(r"([A-Z]{2,}|N)")


def _form(form: str) -> tuple[re.Pattern[str], list[Callable[[str], Any]]]:
    """What matches a form, and how the values in it are read."""
    parts = VALUE.split(form)
    # A split by one group has the values at the odd places.
    pattern = "".join(f"({VALUES[part][0]})" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile(pattern, re.IGNORECASE), [VALUES[name][1] for name in parts[1::2]]


FORMS = [(*_form(form), word) for word in WORDS for form in word.forms.split()]


def behaviour(model: str) -> Behaviour:
    """The behaviour that a model name asks for."""
    said = Behaviour()
    for part in model.split("+"):
        for pattern, values, word in FORMS:
            if match := pattern.fullmatch(part):
                fields = word.change(*(read(text) for read, text in zip(values, match.groups(), strict=True)))
                shown = f"auth-requires-{fields['key']}" if "key" in fields else part
                said = replace(said, **fields, words=(*said.words, shown))
                break
    return said
