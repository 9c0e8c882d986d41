"""A function call that comes in pieces: values, and pieces of texts, by their path in the arguments.

{"functionCall": {"name": "book", "willContinue": true}}
{"functionCall": {"partialArgs": [{"jsonPath": "$.to", "stringValue": "Bos", "willContinue": true}], …}}
{"functionCall": {"partialArgs": [{"jsonPath": "$.to", "stringValue": "ton"}], "willContinue": true}}
{"functionCall": {}}
"""

import re
from typing import Any, Final

import msgspec

from optipath_router.errors import Outcome, UpstreamBroken

_STEP: Final = re.compile(r"\.([^.\[\]]+)|\[(\d{1,6})\]|\['([^']*)'\]")
_MAX_STEPS: Final = 64
"""As deep as arguments in pieces may be nested."""
_VALUES: Final = ("stringValue", "numberValue", "boolValue")


class PartialCall:
    """A call whose arguments are not complete."""

    __slots__ = ("_values", "id", "name", "signature")

    def __init__(self, name: str, told_id: Any, signature: str | None) -> None:
        self.name, self.id, self.signature = name, told_id, signature
        self._values: dict[str, list[Any]] = {}

    def add(self, pieces: Any) -> None:
        """Take more of the arguments."""
        for piece in pieces if isinstance(pieces, list) else ():
            if isinstance(piece, dict) and isinstance(path := piece.get("jsonPath"), str):
                value = next((piece[name] for name in _VALUES if name in piece), None)
                self._values.setdefault(path, []).append(value)

    @property
    def arguments(self) -> str:
        """The arguments so far, as JSON; raises UpstreamBroken where a path leads nowhere."""
        root: dict[str, Any] = {}
        for path, values in self._values.items():
            texts = all(isinstance(value, str) for value in values)
            _put(root, _steps(path), "".join(values) if texts else values[-1])
        return msgspec.json.encode(root).decode()


def _steps(path: str) -> list[str | int]:
    """`$.a[0].b` as `a`, 0, `b`."""
    steps: list[str | int] = []
    at = 1
    while at < len(path) and len(steps) < _MAX_STEPS:
        found = _STEP.match(path, at)
        if found is None:
            break
        name, index, quoted = found.groups()
        steps.append(int(index) if index is not None else name or quoted)
        at = found.end()
    if not path.startswith("$") or at < len(path) or not steps:
        raise _nowhere(path)
    return steps


def _put(root: Any, steps: list[str | int], value: Any) -> None:
    """Put a value where its path leads, and make what is not there on the way."""
    here = root
    for number, step in enumerate(steps):
        if isinstance(step, int):
            # An element comes behind those before it; a number out of nowhere would fill the memory.
            if not isinstance(here, list) or step > len(here):
                raise _nowhere(str(steps))
            if step == len(here):
                here.append(None)
        elif not isinstance(here, dict):
            raise _nowhere(str(steps))
        if number == len(steps) - 1:
            here[step] = value
        else:
            inner = here[step] if isinstance(step, int) else here.get(step)
            if inner is None:
                inner = here[step] = [] if isinstance(steps[number + 1], int) else {}
            here = inner


def _nowhere(path: str) -> UpstreamBroken:
    return UpstreamBroken(Outcome.BROKEN, f"a piece of a function call has a path of {len(path)} characters to nowhere")
