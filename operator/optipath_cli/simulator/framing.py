"""What stands around a body: framing, heads, and a connection's end before its time.

Each layer takes a script and gives one that says the same in another way.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import assert_never

from optipath_cli.simulator.actions import Action, Close, End, Head, Headers, Raw, Reset, Script, Write
from optipath_cli.simulator.behaviour import Behaviour, Framing, NoHead

Change = Callable[[Action], Iterator[Action]]

OTHER_LENGTH = ("content-length", "7")
PIECES = 4
"""Chunks that an answer in one piece is cut into."""
HOP_HEADERS: Headers = (
    ("set-cookie", "__cf_bm=simulated; path=/; HttpOnly; Secure"),
    ("set-cookie", "session=simulated; path=/"),
    ("openai-organization", "org-simulated"),
    ("openai-processing-ms", "12"),
    ("openai-version", "2020-10-01"),
    ("via", "1.1 simulated-proxy"),
    ("server", "simulated"),
    ("cf-ray", "0000000000000000-SIM"),
    ("alt-svc", 'h3=":443"; ma=86400'),
    ("strict-transport-security", "max-age=15552000"),
    ("access-control-allow-origin", "*"),
    ("x-internal", "internal-simulated"),
    ("connection", "x-internal"),
    ("keep-alive", "timeout=5"),
    ("proxy-authenticate", "Basic"),
)


def framed(script: Script, behaviour: Behaviour, stranger: Callable[[], bytes]) -> Script:
    """The script as the behaviour puts it on the wire; the stranger is an answer to somebody else."""
    if behaviour.framing is not None:
        script = _reframed(script, CHANGES[behaviour.framing])
    if behaviour.two_answers:
        script = _followed(script, stranger())
    if behaviour.hop_headers:
        script = _with_headers(script, HOP_HEADERS)
    if behaviour.header_kilobytes:
        padding = tuple((f"x-padding-{number:08}", "p" * 1000) for number in range(behaviour.header_kilobytes))
        script = _with_headers(script, padding)
    if behaviour.no_head is not None:
        script = _headless(script, behaviour.no_head)
    return script


def _reframed(script: Script, change: Change) -> Script:
    """The script, each of whose actions is changed by itself."""
    for action in script:
        yield from change(action)


def _chunked(action: Action) -> Iterator[Action]:
    match action:
        case Head():
            yield replace(action, length=None)
        case Write(data=data, tokens=tokens):
            size = max(len(data) // PIECES, 1)
            for start in range(0, len(data), size):
                yield Write(data[start : start + size], 0 if start else tokens)
        case _:
            yield action


def _until_close(action: Action) -> Iterator[Action]:
    yield replace(action, until_close=True) if isinstance(action, Head) else action


def _with_trailers(action: Action) -> Iterator[Action]:
    match action:
        case Head(headers=headers):
            yield replace(action, headers=(*headers, ("trailer", "x-checksum, x-usage")), length=None)
        case End():
            yield Raw(b"0\r\nx-checksum: simulated\r\nx-usage: simulated\r\n\r\n")
        case _:
            yield action


def _with_extensions(action: Action) -> Iterator[Action]:
    match action:
        case Head():
            yield replace(action, length=None)
        case Write(data=data, tokens=tokens) if data:
            yield Raw(b'%x;place=1;note="a; quoted"\r\n%b\r\n' % (len(data), data), tokens)
        case _:
            yield action


def _after_hints(action: Action) -> Iterator[Action]:
    if isinstance(action, Head):
        yield Raw(b"HTTP/1.1 102 Processing\r\n\r\n")
        yield Raw(b"HTTP/1.1 103 Early Hints\r\nlink: </hint>; rel=preload\r\n\r\n")
    yield action


def _with_both_lengths(action: Action) -> Iterator[Action]:
    match action:
        case Head(headers=headers):
            yield replace(action, headers=(*headers, OTHER_LENGTH), length=None)
        case _:
            yield action


def _with_two_lengths(action: Action) -> Iterator[Action]:
    match action:
        case Head(headers=headers):
            yield replace(action, headers=(*headers, OTHER_LENGTH))
        case _:
            yield action


def _closed_behind(action: Action) -> Iterator[Action]:
    yield action
    if isinstance(action, End):
        yield Close()


CHANGES: dict[Framing, Change] = {
    "chunked-body": _chunked,
    "chunk-extensions": _with_extensions,
    "trailers": _with_trailers,
    "close-delimited": _until_close,
    "both-lengths": _with_both_lengths,
    "two-lengths": _with_two_lengths,
    "1xx": _after_hints,
    "idle-close": _closed_behind,
}


def _followed(script: Script, body: bytes) -> Script:
    """The reply, and behind it one that nobody asked for."""
    for action in script:
        yield action
        if isinstance(action, End):
            head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
            yield Raw(head + body)


def _with_headers(script: Script, headers: Headers) -> Script:
    """The reply with more headers."""
    for action in script:
        yield replace(action, headers=(*action.headers, *headers)) if isinstance(action, Head) else action


def _headless(script: Script, no_head: NoHead) -> Script:
    """The reply up to its head, where the connection ends."""
    for action in script:
        if not isinstance(action, Head):
            yield action
            continue
        match no_head:
            case "half":
                yield Raw(b"HTTP/1.1 200 OK\r\ncontent-ty")
                yield Close()
            case "close":
                yield Close()
            case "reset":
                yield Reset()
            case _:
                assert_never(no_head)
        return
