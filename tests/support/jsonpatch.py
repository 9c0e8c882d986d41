"""JSON patches (RFC 6902), applied as the API server applies them: the operations that the injector uses."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any


def applied(document: Any, operations: Iterable[Mapping[str, Any]]) -> Any:
    """What a document becomes."""
    patched = copy.deepcopy(document)
    for each in operations:
        match each["op"]:
            case "add":
                _add(patched, each["path"], copy.deepcopy(each["value"]))
            case "move":
                _add(patched, each["path"], _take(patched, each["from"]))
            case unknown:
                raise AssertionError(f"no such operation: {unknown}")
    return patched


def _add(document: Any, path: str, value: Any) -> None:
    whole, name = _place(document, path)
    if isinstance(whole, list):
        place = len(whole) if name == "-" else int(name)
        assert 0 <= place <= len(whole), path
        whole.insert(place, value)
    else:
        whole[name] = value


def _take(document: Any, path: str) -> Any:
    whole, name = _place(document, path)
    return whole.pop(int(name) if isinstance(whole, list) else name)


def _place(document: Any, path: str) -> tuple[Any, str]:
    assert path.startswith("/"), path
    *way, last = (part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/"))
    for part in way:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document, last
