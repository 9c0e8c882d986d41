"""How a stream's events are written: server-sent events, in every shape that is legal."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from optipath_cli.simulator.behaviour import Behaviour, Omission
from optipath_cli.simulator.dialects import Event

LEFT_OUT: dict[Omission, frozenset[str]] = {
    "no-done": frozenset({"done"}),
    "no-finish": frozenset({"finish"}),
    "done-only": frozenset({"opening", "content", "finish", "usage"}),
}
COMMENT = b"a comment, which asks for nothing"


def selected(events: Iterable[Event], behaviour: Behaviour) -> Iterator[Event]:
    """The events that the behaviour lets out, as often as it does."""
    left_out = LEFT_OUT[behaviour.omission] if behaviour.omission else frozenset()
    for event in events:
        if event.kind not in left_out:
            for _ in range(behaviour.openings if event.kind == "opening" else 1):
                yield event


def written(event: Event, behaviour: Behaviour) -> bytes:
    """One event as bytes, its empty line included."""
    data = event.data
    match behaviour.lines:
        case "plain":
            lines = [b"data: " + data]
        case "nospace":
            lines = [b"data:" + data]
        case "multiline-data":
            # White space may stand behind a JSON object's first brace, and a line break is white space.
            parts = (data[:1], data[1:-1], data[-1:]) if data.startswith(b"{") else (data,)
            lines = [b"data: " + part for part in parts]
        case "ids":
            lines = [b": " + COMMENT, b"id: 7", b"event: message", b"retry: 3000", b"data: " + data]
        case _:
            assert_never(behaviour.lines)
    if event.name is not None:
        lines = [b"event: " + event.name.encode(), *(line for line in lines if not line.startswith(b"event:"))]
    end = behaviour.line_end.encode()
    return end.join(lines) + end * 2


def comment(behaviour: Behaviour) -> bytes:
    """A comment that only keeps the connection alive."""
    return b": keep-alive" + behaviour.line_end.encode() * 2
