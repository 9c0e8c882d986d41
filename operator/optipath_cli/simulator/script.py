"""A behaviour as a script: what happens on the wire, and when.

The answer and how it goes wrong are here. Errors in its place are in `refusals`, what becomes of its bytes in
`body` and `framing`, and what it says is the dialect's.
"""

import re
from dataclasses import replace
from typing import assert_never

from optipath_cli.simulator.actions import Close, End, Head, Raw, Reset, Script, Stall, Wait, Write, whole
from optipath_cli.simulator.behaviour import Behaviour, Break, Defect, Refusal
from optipath_cli.simulator.body import sent
from optipath_cli.simulator.chat import Answer, Asked, Stamp, answer
from optipath_cli.simulator.dialects import Dialect, Event
from optipath_cli.simulator.events import comment, selected, written
from optipath_cli.simulator.framing import framed
from optipath_cli.simulator.refusals import json_headers, refuse, request_id

BROKEN = "The answer broke off, as its model name asks."
STRANGER = "unasked-for"
"""Model and text of an answer that nobody asked for."""
GAP = "(gap)"
"""Text that stands for a body's long part."""
BLOCK = b"x" * 2**16
"""A piece of a body that is long for its own sake."""


def script(behaviour: Behaviour, dialect: Dialect, asked: Asked, stamp: Stamp, key: str | None) -> Script:
    """The reply to a chat."""
    if behaviour.head_seconds:
        yield Wait(behaviour.head_seconds)
    answered = sent(_answered(behaviour, dialect, asked, stamp, key), behaviour)
    yield from framed(answered, behaviour, lambda: dialect.reply(Asked(STRANGER, ""), Answer([STRANGER]), stamp)[0])


def _answered(behaviour: Behaviour, dialect: Dialect, asked: Asked, stamp: Stamp, key: str | None) -> Script:
    """The reply, framed as usual."""
    if behaviour.redirect is not None:
        return whole(behaviour.redirect, (("location", "/sink"), request_id(stamp)), b"")
    if behaviour.refusal is not None:
        return refuse(behaviour.refusal, dialect, asked, stamp, key)
    if behaviour.context is not None and asked.tokens > behaviour.context:
        return refuse(Refusal(400, "context"), dialect, asked, stamp, key)
    if asked.streams:
        return _streamed(behaviour, dialect, asked, stamp)
    if behaviour.flood_megabytes is not None:
        return _long(behaviour.flood_megabytes, dialect, asked, stamp)
    return _plain(behaviour, dialect, asked, stamp)


def _long(megabytes: int, dialect: Dialect, asked: Asked, stamp: Stamp) -> Script:
    """A reply in one piece that is never whole in memory, here."""
    body, tokens = dialect.reply(asked, Answer([GAP]), stamp)
    before, after = body.rsplit(GAP.encode(), 1)
    blocks = megabytes * 2**20 // len(BLOCK)
    yield Head(200, json_headers(stamp), len(before) + blocks * len(BLOCK) + len(after))
    yield Write(before)
    for _ in range(blocks):
        yield Write(BLOCK)
    yield Write(after, tokens)
    yield End()


def _plain(behaviour: Behaviour, dialect: Dialect, asked: Asked, stamp: Stamp) -> Script:
    """A reply in one piece, which takes as long as the stream would have taken."""
    if behaviour.endless:
        yield Stall()
        return
    body, tokens = dialect.reply(asked, answer(asked, behaviour), stamp)
    if seconds := behaviour.first_token_seconds + behaviour.gap_seconds * max(tokens - 1, 0):
        yield Wait(seconds)
    headers, half = json_headers(stamp), body[: len(body) // 2]
    if behaviour.defect is not None:
        said = 0 if behaviour.defect in {"empty", "null"} else tokens
        yield from whole(200, headers, _spoilt(body, behaviour.defect), tokens=said)
    elif behaviour.broken is None:
        yield from whole(200, headers, body, tokens=tokens)
    else:
        match behaviour.broken.fault:
            case "error":
                yield from whole(200, headers, dialect.error(500, BROKEN))
            case "truncate":
                yield from whole(200, headers, half, tokens=tokens)
            case "close" | "reset" | "stall" | "bad-chunk":
                yield Head(200, headers, None if behaviour.broken.fault == "bad-chunk" else len(body))
                yield Write(half, tokens)
                yield from _broken(behaviour.broken, dialect, behaviour)
            case _:
                assert_never(behaviour.broken.fault)


def _streamed(behaviour: Behaviour, dialect: Dialect, asked: Asked, stamp: Stamp) -> Script:
    """A reply in events."""
    kind = "application/x-ndjson" if dialect.streams_lines else "text/event-stream; charset=utf-8"
    yield Head(200, (("content-type", kind), request_id(stamp)), None)
    yield from _before_first_event(behaviour)
    if behaviour.defect == "empty":
        yield End()
        return
    broken, tokens = behaviour.broken, 0
    for event in selected(dialect.events(asked, answer(asked, behaviour), stamp), behaviour):
        if broken and tokens >= broken.after:
            yield from _broken(broken, dialect, behaviour)
            return
        if event.tokens and tokens and behaviour.gap_seconds:
            yield Wait(behaviour.gap_seconds)
        data = event.data
        if behaviour.defect and event.kind != "done":
            data = _spoilt(data, behaviour.defect)
        yield Write(_line(replace(event, data=data), dialect, behaviour), event.tokens)
        if behaviour.defect == "badjson":
            break
        tokens += event.tokens
    yield End()


def _line(event: Event, dialect: Dialect, behaviour: Behaviour) -> bytes:
    """An event as the dialect parts it from the next."""
    return event.data + b"\n" if dialect.streams_lines else written(event, behaviour)


def _before_first_event(behaviour: Behaviour) -> Script:
    """The wait for it, in silence or in comments."""
    wait, gap = behaviour.first_token_seconds, behaviour.keepalive_seconds
    if gap is None:
        if wait:
            yield Wait(wait)
        return
    waited = 0.0
    while not wait or waited < wait:
        yield Wait(gap)
        yield Write(comment(behaviour))
        waited += gap


ANSWER = re.compile(rb'"(choices|output|candidates|message|content|delta|embeddings?|data)":([\[{])')
"""The member in which a dialect has its answer, or a piece of it."""


def _spoilt(data: bytes, defect: Defect) -> bytes:
    """JSON with something wrong in it."""
    match defect:
        case "badjson":
            return data[: len(data) // 2]
        case "empty":
            return b""
        case "null":
            return b"null"
        case "double-key":
            said = ANSWER.search(data)
            member, nothing = (said[1], b"[]" if said[2] == b"[" else b"{}") if said else (b"choices", b"[]")
            return b'{"%b":%b,' % (member, nothing) + data[1:]
        case "wrong-type":
            return ANSWER.sub(rb'"\1":"none","was":\2', data, count=1)
        case _:
            assert_never(defect)


def _broken(broken: Break, dialect: Dialect, behaviour: Behaviour) -> Script:
    """How it goes wrong."""
    match broken.fault:
        case "close":
            yield Close()
        case "reset":
            yield Reset()
        case "stall":
            yield Stall()
        case "truncate":
            yield End()
        case "error":
            yield Write(_line(dialect.error_event(BROKEN), dialect, behaviour))
            yield End()
        case "bad-chunk":
            yield Raw(b"many\r\nnot a chunk\r\n")
            yield Close()
        case _:
            assert_never(broken.fault)
