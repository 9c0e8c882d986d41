"""What becomes of a body on its way: other bytes before it, compression, byte by byte.

Each layer takes a script and gives one that says the same in another way.
"""

import zlib
from dataclasses import replace

from optipath_cli.simulator.actions import End, Head, Script, Wait, Write
from optipath_cli.simulator.behaviour import Behaviour

BOM = b"\xef\xbb\xbf"
FEEDS = b"\n" * 2**10


def sent(script: Script, behaviour: Behaviour) -> Script:
    """The script with its body as the behaviour sends it."""
    if behaviour.bom:
        script = _prefixed(script, (BOM,))
    if behaviour.feed_kilobytes:
        script = _prefixed(script, (FEEDS,) * behaviour.feed_kilobytes)
    if behaviour.gzip:
        script = _compressed(script)
    if behaviour.byte_seconds is not None:
        script = _dripped(script, behaviour.byte_seconds)
    return script


def _prefixed(script: Script, first: tuple[bytes, ...]) -> Script:
    """The body after some other bytes."""
    for action in script:
        if isinstance(action, Head):
            size = sum(map(len, first))
            yield replace(action, length=None if action.length is None else action.length + size)
            yield from map(Write, first)
        else:
            yield action


def _compressed(script: Script) -> Script:
    """The body in gzip's format, made as it is sent."""
    gzip = zlib.compressobj(wbits=31)
    for action in script:
        match action:
            case Head(headers=headers):
                yield replace(action, headers=(*headers, ("content-encoding", "gzip")), length=None)
            case Write(data=data, tokens=tokens):
                yield Write(gzip.compress(data), tokens)
            case End():
                yield Write(gzip.flush())
                yield action
            case _:
                yield Write(gzip.flush(zlib.Z_SYNC_FLUSH))
                yield action


def _dripped(script: Script, seconds: float) -> Script:
    """The body byte by byte."""
    for action in script:
        match action:
            case Write(data=data, tokens=tokens) if data:
                for place in range(len(data)):
                    yield Write(data[place : place + 1], tokens if place == len(data) - 1 else 0)
                    if seconds:
                        yield Wait(seconds)
            case _:
                yield action
