"""A behaviour as a script: what happens on the wire, and when. Faults are here; words are the dialect's."""

from typing import assert_never

from optipath_cli.simulator.actions import Close, End, Head, Headers, Reset, Script, Stall, Wait, Write, whole
from optipath_cli.simulator.behaviour import Behaviour, Break, Refusal
from optipath_cli.simulator.chat import Asked, Stamp, answer
from optipath_cli.simulator.dialects import Dialect

BROKEN = "The answer broke off, as its model name asks."


def script(behaviour: Behaviour, dialect: Dialect, asked: Asked, stamp: Stamp, key: str | None) -> Script:
    """The reply to a chat."""
    if behaviour.head_seconds:
        yield Wait(behaviour.head_seconds)
    if behaviour.refusal is not None:
        yield from refuse(behaviour.refusal, dialect, stamp.number, key)
    elif asked.streams:
        yield from _streamed(behaviour, dialect, asked, stamp)
    else:
        yield from _plain(behaviour, dialect, asked, stamp)


def refuse(refusal: Refusal, dialect: Dialect, number: int, key: str | None) -> Script:
    """An error as a whole reply."""
    patience: Headers = () if refusal.retry_after is None else (("retry-after", str(refusal.retry_after)),)
    yield from whole(refusal.status, (*json_headers(number), *patience), dialect.refusal(refusal, key))


def json_headers(number: int) -> Headers:
    """Headers of the reply to a request, in one piece."""
    return (("content-type", "application/json"), _request_id(number))


def _request_id(number: int) -> tuple[str, str]:
    """The header by which a provider's support would find the request."""
    return ("x-request-id", f"req_simulated_{number}")


def _plain(behaviour: Behaviour, dialect: Dialect, asked: Asked, stamp: Stamp) -> Script:
    """A reply in one piece, which takes as long as the stream would have taken."""
    if behaviour.endless:
        yield Stall()
        return
    body, tokens = dialect.reply(asked, answer(asked, behaviour), stamp)
    if seconds := behaviour.first_token_seconds + behaviour.gap_seconds * max(tokens - 1, 0):
        yield Wait(seconds)
    headers, half = json_headers(stamp.number), body[: len(body) // 2]
    if behaviour.content == "empty":
        yield from whole(200, headers, b"")
    elif behaviour.content == "badjson":
        yield from whole(200, headers, half, tokens=tokens)
    elif behaviour.broken is None:
        yield from whole(200, headers, body, tokens=tokens)
    else:
        match behaviour.broken.fault:
            case "error":
                yield from whole(200, headers, dialect.error(500, BROKEN))
            case "truncate":
                yield from whole(200, headers, half, tokens=tokens)
            case "close" | "reset" | "stall":
                yield Head(200, headers, len(body))
                yield Write(half, tokens)
                yield from _broken(behaviour.broken, dialect)
            case _:
                assert_never(behaviour.broken.fault)


def _streamed(behaviour: Behaviour, dialect: Dialect, asked: Asked, stamp: Stamp) -> Script:
    """A reply in events."""
    kind = ("content-type", "text/event-stream; charset=utf-8")
    yield Head(200, (kind, _request_id(stamp.number)), None)
    if behaviour.first_token_seconds:
        yield Wait(behaviour.first_token_seconds)
    if behaviour.content == "empty":
        yield End()
        return
    broken, sent = behaviour.broken, 0
    for event in dialect.events(asked, answer(asked, behaviour), stamp):
        if broken and sent >= broken.after:
            yield from _broken(broken, dialect)
            return
        if behaviour.content == "badjson":
            yield Write(event.data[: len(event.data) // 2] + b"\n\n")
            yield End()
            return
        if event.tokens and sent and behaviour.gap_seconds:
            yield Wait(behaviour.gap_seconds)
        yield Write(event.data, event.tokens)
        sent += event.tokens
    yield End()


def _broken(broken: Break, dialect: Dialect) -> Script:
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
            yield Write(dialect.error_event(BROKEN).data)
            yield End()
        case _:
            assert_never(broken.fault)
