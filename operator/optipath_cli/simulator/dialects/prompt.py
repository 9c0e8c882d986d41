"""What every dialect's requests have: text somewhere in them, and a body that must be JSON."""

from typing import Any, TypeVar

import msgspec

from optipath_cli.simulator.dialects import BadRequest

T = TypeVar("T")


def decoded(body: bytes, kind: type[T]) -> T:
    """The body as this kind; raises BadRequest."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"the request body cannot be read: {error}") from error


def texts(value: Any) -> list[str]:
    """Every text that stands in a value, in order: itself, or members `text`, `content` and `parts`."""
    match value:
        case str():
            return [value]
        case list():
            return [text for each in value for text in texts(each)]
        case dict():
            return [text for name in ("text", "content", "parts", "output") for text in texts(value.get(name))]
        case _:
            return []


def is_last(messages: Any, kind: str) -> bool:
    """Whether the last message is of a kind: by its type or role, or by a part that has it as type or member."""
    if not isinstance(messages, list) or not messages or not isinstance(messages[-1], dict):
        return False
    last = messages[-1]
    inside = [part for name in ("content", "parts") if isinstance(last.get(name), list) for part in last[name]]
    return any(
        kind in (each.get("type"), each.get("role")) or kind in each
        for each in [last, *inside]
        if isinstance(each, dict)
    )
