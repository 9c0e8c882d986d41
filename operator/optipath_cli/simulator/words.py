"""What a model name can say.

A name is parts joined by `+`, and each part is one of `WORDS`: `slow-250ms+tokens-3+cut`. A part that is
none of them asks for nothing, so that `gpt-5-mini` and `ok-cheap` just answer well. Where two parts say
different things about the same matter, the later one holds. Case does not matter, except in a key.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from optipath_cli.simulator.behaviour import Behaviour, Break, Fault, Patience, Place, Refusal, Shape
from optipath_cli.simulator.request import fingerprint

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Word:
    """One thing a model name can ask for, and the only place that says so."""

    forms: str
    """How it is written, alternatives parted by a space; capitals stand for `VALUES`."""
    says: str
    change: Callable[..., Fields]
    """Values in the order written -> fields of `Behaviour`."""


def _seconds(text: str) -> float:
    """Seconds in `3s`, `0.5s` or `250ms`."""
    return float(text[:-2]) / 1000 if text.endswith("ms") else float(text[:-1])


def _always(**fields: Any) -> Callable[[], Fields]:
    """A word without a value."""
    return lambda: fields


def _into(name: str) -> Callable[[Any], Fields]:
    """A word whose value is the field."""
    return lambda value: {name: value}


def _refuse(status: int, *, requests: int | None = None, seconds: float | None = None) -> Fields:
    """A refusal; 429 asks for a second of patience."""
    patience = Patience("retry-after", "1") if status == HTTPStatus.TOO_MANY_REQUESTS else None
    return {"refusal": Refusal(status, patience=patience, requests=requests, seconds=seconds)}


def _wait(place: Place) -> Callable[[int, Any], Fields]:
    """A refusal that asks for patience in this place."""
    return lambda status, wait: {"refusal": Refusal(status, patience=Patience(place, str(wait)))}


def _page(shape: Shape) -> Callable[[int], Fields]:
    """A refusal with a body of this shape."""
    return lambda status: {"refusal": Refusal(status, shape=shape)}


def _break(fault: Fault, usual: int = 3) -> Callable[..., Fields]:
    """An answer that goes wrong by `fault`, after the usual number of tokens where the name does not say."""
    return lambda after=usual: {"broken": Break(fault, after)}


VALUES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "STATUS": (r"[45]\d\d", int),
    "REDIRECT": (r"30[12378]", int),
    "TIME": (r"\d{1,7}(?:\.\d{1,7})?m?s", lambda text: _seconds(text.lower())),
    "WAIT": (
        r"(?:\d{1,3}h)?(?:\d{1,5}m)?\d{1,7}(?:\.\d{1,7})?(?:m?s)?",
        lambda text: text.lower() if text[-1] in "sS" else f"{text}s",
    ),
    "KEY": (r".+", str),
    "MS": (r"\d{1,7}", int),
    "KB": (r"\d{1,7}", int),
    "MB": (r"\d{1,5}", int),
    "N": (r"\d{1,7}", int),
}
"""What may stand for the capitals in a form, and how it is read."""

TIMES = (
    Word("slow-TIME", "waits before the status line: slow-3s, slow-250ms", _into("head_seconds")),
    Word(
        "slow-first-token-N slow-first-token-TIME",
        "head at once, first event after N seconds",
        lambda t: {"first_token_seconds": float(t)},
    ),
    Word("drip-MS", "MS milliseconds between tokens", lambda ms: {"gap_seconds": ms / 1000}),
    Word("byte-drip-MS", "a byte a write, MS milliseconds between them", lambda ms: {"byte_seconds": ms / 1000}),
    Word(
        "keepalives-MS",
        "a comment every MS milliseconds in place of events; with slow-first-token, until then",
        lambda ms: {"keepalive_seconds": max(ms, 1) / 1000},
    ),
)

ANSWERS = (
    Word("tokens-N", "an answer of N tokens", _into("tokens")),
    Word("infinite-stream", "a stream without end; not streamed, no answer at all", _always(endless=True)),
    Word("flood-MB huge-body-MB", "MB mebibytes, as fast as they are taken", _into("flood_megabytes")),
    Word(
        "gzip-bomb-MB", "the same compressed, and little on the wire", lambda mb: {"flood_megabytes": mb, "gzip": True}
    ),
    Word("gzip", "compressed, whether asked for or not", _always(gzip=True)),
    Word("big-event-KB", "a first token of KB kibibytes", _into("event_kilobytes")),
    Word(
        "tool",
        "calls the request's first function, where it has one, and answers when it has the result",
        _always(content="tool"),
    ),
    Word("think", "thoughts before the answer", _always(thinks=True)),
    Word("json", "a JSON object, by the request's schema where it has one", _always(content="json")),
    Word("content-filter", "an answer that the provider's filter ended", _always(content="filtered")),
    Word("refusal", "the model declines, in the words kept for that", _always(content="refusal")),
    Word("noUsage", "leaves the token counts out", _always(usage="never")),
    Word("usage-last", "a stream's counts come last, whether asked for or not", _always(usage="last")),
    Word("usage-in-finish", "they stand in the event with the finish", _always(usage="in-finish")),
    Word("usage-each", "each event has the counts so far", _always(usage="each")),
)

ERRORS = (
    Word("eSTATUS STATUS", "an error: e500, 503; 429 has Retry-After: 1", _refuse),
    Word(
        "for-N-STATUS for-TIME-STATUS",
        "an error to the first N requests, or for that long after the first one; then well",
        lambda end, status: _refuse(status, requests=end) if isinstance(end, int) else _refuse(status, seconds=end),
    ),
    Word("STATUS-html", "an error with a proxy's page: 502-html", _page("html")),
    Word("STATUS-text", "an error in plain text", _page("text")),
    Word("STATUS-empty", "an error without a body", _page("empty")),
    Word("STATUS-retry-after-N", "an error that asks for N seconds of patience", _wait("retry-after")),
    Word("STATUS-retry-after-ms-N", "the same in retry-after-ms, N milliseconds", _wait("retry-after-ms")),
    Word("STATUS-retry-after-date-N", "the same as a date N seconds ahead", _wait("retry-after-date")),
    Word(
        "STATUS-reset-requests-WAIT",
        "the same in x-ratelimit-reset-requests, as written: 1s, 6m0s, 174ms, or seconds",
        _wait("reset-requests"),
    ),
    Word("STATUS-reset-tokens-WAIT", "the same in x-ratelimit-reset-tokens", _wait("reset-tokens")),
    Word("STATUS-message-WAIT", "the same in the message: Please try again in 3s.", _wait("message")),
    Word("STATUS-retry-info-WAIT", "the same in Gemini's body, as RetryInfo", _wait("retry-info")),
    Word(
        "overloaded-openai",
        "503, too busy, in OpenAI's shape",
        _always(refusal=Refusal(503, "overloaded")),
    ),
    Word(
        "overloaded overloaded-anthropic",
        "529 in Anthropic's shape",
        _always(refusal=Refusal(529, "overloaded", "anthropic")),
    ),
    Word("overloaded-azure", "429 in Azure's shape", _always(refusal=Refusal(429, "overloaded", "azure"))),
    Word("overloaded-gemini", "503 in Gemini's shape", _always(refusal=Refusal(503, "overloaded", "gemini"))),
    Word("auth", "401 that quotes part of the key", _always(refusal=Refusal(401, "wrong-key"))),
    Word(
        "auth-requires-KEY",
        "401 to any other key; best given by POST /map, as model names are written down",
        lambda key: {"key": fingerprint(key)},
    ),
    Word("quota", "429 insufficient_quota", _always(refusal=Refusal(429, "quota"))),
    Word("context-over-N", "400 context_length_exceeded to prompts over N tokens", _into("context")),
    Word("content-policy", "400 content_policy_violation", _always(refusal=Refusal(400, "policy"))),
    Word("concurrency-N", "429 while N requests to the model are being answered", _into("concurrency")),
    Word("redirect-REDIRECT", "a redirect to /sink, which writes down what comes", _into("redirect")),
)

STREAMS = (
    Word("cut cut-after-N close-after-N", "closes the connection after N tokens (or 3)", _break("close")),
    Word("reset reset-after-N", "resets the connection after N tokens (or 3)", _break("reset")),
    Word("stall stall-after-N", "falls silent after N tokens (or 3)", _break("stall")),
    Word("truncate-after-N", "ends cleanly after N tokens, without a finish", _break("truncate")),
    Word("error-in-stream-N", "an error event after N tokens", _break("error")),
    Word("bad-chunk bad-chunk-N", "a chunk without a length after N tokens (or 0)", _break("bad-chunk", 0)),
    Word("crlf", "lines end with CR LF", _always(line_end="\r\n")),
    Word("cr", "lines end with CR", _always(line_end="\r")),
    Word("nospace", "no space after data:", _always(lines="nospace")),
    Word("multiline-data", "an event's data on several lines", _always(lines="multiline-data")),
    Word("ids", "comments, and the fields id, event and retry", _always(lines="ids")),
    Word("two-openings", "the opening event twice", _always(openings=2)),
    Word("no-done", "no [DONE] at the end", _always(omission="no-done")),
    Word("no-finish", "no finish_reason, but [DONE]", _always(omission="no-finish")),
    Word("done-only", "nothing but [DONE]", _always(omission="done-only")),
)

BODIES = (
    Word("badjson", "200 with JSON that stops half way", _always(defect="badjson")),
    Word("empty", "200 with nothing in it", _always(defect="empty")),
    Word("error-200", "200 with an error object", _always(refusal=Refusal(200))),
    Word("null", "200 with null for an answer", _always(defect="null")),
    Word("wrong-type", "what holds the answer, such as choices, is a text", _always(defect="wrong-type")),
    Word("double-key", "it stands there twice, and is empty first", _always(defect="double-key")),
    Word("bom", "a byte order mark first", _always(bom=True)),
    Word("lf-flood-KB", "KB kibibytes of line feeds first", _into("feed_kilobytes")),
)

WIRE = (
    Word("chunked-body", "an answer in one piece comes in chunks", _always(framing="chunked-body")),
    Word("chunk-extensions", "chunks with extensions", _always(framing="chunk-extensions")),
    Word("trailers", "chunks, and headers behind the last one", _always(framing="trailers")),
    Word(
        "close-delimited", "no length: the body lasts until the connection closes", _always(framing="close-delimited")
    ),
    Word("both-lengths", "chunks, and a length that is not theirs", _always(framing="both-lengths")),
    Word("two-lengths", "a second, other length", _always(framing="two-lengths")),
    Word("two-answers", "an unasked-for answer behind the right one", _always(two_answers=True)),
    Word("1xx", "102 and 103 before the answer", _always(framing="1xx")),
    Word("big-headers-KB", "KB kibibytes of headers", _into("header_kilobytes")),
    Word("hop-headers", "cookies, hop-by-hop headers and the provider's own", _always(hop_headers=True)),
    Word("disconnect-at-head", "closes the connection in the middle of the head", _always(no_head="half")),
    Word("no-answer", "closes the connection without a byte", _always(no_head="close")),
    Word("no-answer-rst", "resets it without a byte", _always(no_head="reset")),
    Word("idle-close", "answers well, and closes the connection unannounced", _always(framing="idle-close")),
    Word("keepalive-race", "answers well, and closes the connection on its next request", _always(race="close")),
    Word("keepalive-race-rst", "the same, and resets it", _always(race="reset")),
)

FAMILIES: dict[str, tuple[Word, ...]] = {
    "Time": TIMES,
    "Answers": ANSWERS,
    "Errors": ERRORS,
    "Streams": STREAMS,
    "Bodies": BODIES,
    "Connections": WIRE,
}
WORDS: tuple[Word, ...] = tuple(word for family in FAMILIES.values() for word in family)

# A value stands in a form as capitals: N, or two and more of them.
VALUE = re.compile(r"([A-Z]{2,}|N)")


def _form(form: str) -> tuple[re.Pattern[str], list[Callable[[str], Any]]]:
    """What matches a form, and how the values in it are read."""
    parts = VALUE.split(form)
    # A split by one group has the values at the odd places.
    pattern = "".join(f"({VALUES[part][0]})" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile(pattern, re.IGNORECASE), [VALUES[name][1] for name in parts[1::2]]


FORMS = [(*_form(form), word) for word in WORDS for form in word.forms.split()]


@lru_cache(maxsize=1024)
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
