"""A JSON patch (RFC 6902): how the API server is told what to change."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

Operation = dict[str, Any]


def encode(operations: Iterable[Operation]) -> bytes:
    """The patch, in as few bytes as it takes."""
    return json.dumps(list(operations), separators=(",", ":")).encode()


def added(path: str, value: Any) -> Operation:
    """Add a member, or an element before what is there."""
    return {"op": "add", "path": path, "value": value}


def moved(origin: str, path: str) -> Operation:
    """Take something from one place to another."""
    return {"op": "move", "from": origin, "path": path}


def member(path: str, whole: Mapping[str, Any] | None, name: str, value: Any) -> Operation:
    """Set a member of an object that may not be there yet."""
    if whole is None:
        return added(path, {name: value})
    return added(f"{path}/{name.replace('~', '~0').replace('/', '~1')}", value)


def before(path: str, there: bool, values: list[Any]) -> list[Operation]:  # noqa: FBT001  it reads well where it is called
    """Put elements before those of a list that may not be there yet."""
    if not there:
        return [added(path, values)] if values else []
    return [added(f"{path}/{place}", value) for place, value in enumerate(values)]


def behind(path: str, there: bool, values: list[Any]) -> list[Operation]:  # noqa: FBT001
    """Put elements behind those of a list that may not be there yet."""
    if not there:
        return [added(path, values)]
    return [added(f"{path}/-", value) for value in values]
