"""The members of a JSON object, taken one by one; what is left over nobody has understood.

For a caller's request: what has the wrong shape is the caller's to mend, and
the message says where it stands.
"""

from collections.abc import Iterator
from typing import Any, Final, TypeVar

import msgspec

from optipath_router.chat.conversation import Extra, Wire
from optipath_router.errors import Code, RequestRejected

T = TypeVar("T")

_object: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_list: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_NULL: Final = b"null"


class Members:
    """An object that is being read. Its path is what messages call it, such as `messages[2].content[0]`."""

    __slots__ = ("_left", "path")

    def __init__(self, raw: bytes | msgspec.Raw, path: str = "") -> None:
        """Take an object's JSON; raises RequestRejected where it is none."""
        self.path = path
        try:
            self._left = _object(raw)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise refused(path, f"is no object: {error}") from error

    def __contains__(self, name: str) -> bool:
        """Whether a member is there and not null."""
        return name in self._left and bytes(self._left[name]) != _NULL

    def at(self, name: str) -> str:
        """The path of a member."""
        return f"{self.path}.{name}" if self.path else name

    def raw(self, name: str) -> msgspec.Raw | None:
        """A member to the letter; None where it is absent or null."""
        value = self._left.pop(name, None)
        return None if value is None or bytes(value) == _NULL else value.copy()

    def take(self, name: str, kind: type[T]) -> T | None:
        """A member of this kind; None where it is absent or null. Raises RequestRejected where it is another."""
        value = self._left.pop(name, None)
        return None if value is None else self._read(value, name, kind | None)

    def needed(self, name: str, kind: type[T]) -> T:
        """A member that must be there."""
        value = self.take(name, kind)
        if value is None:
            raise refused(self.at(name), "is missing")
        return value

    def kind_of(self, name: str) -> str:
        """What a member is, not taken: `text`, `list`, `object`, `number`, `true`, `false`, `null` or `absent`."""
        first = bytes(self._left.get(name, b""))[:1]
        if first in _KINDS:
            return _KINDS[first]
        return "number"

    def object(self, name: str) -> "Members | None":
        """A member that is an object itself; None where it is absent or null."""
        value = self.raw(name)
        return None if value is None else Members(value, self.at(name))

    def each(self, name: str) -> Iterator["Members"]:
        """The objects of a member that is a list of them; none where it is absent or null."""
        value = self._left.pop(name, None)
        if value is None or bytes(value) == _NULL:
            return
        try:
            items = _list(value)
        except (msgspec.DecodeError, RecursionError) as error:
            raise refused(self.at(name), f"is no list: {error}") from error
        for index, item in enumerate(items):
            yield Members(item, f"{self.at(name)}[{index}]")

    def whole(self) -> msgspec.Raw:
        """The object as JSON, but for what was taken."""
        return msgspec.Raw(msgspec.json.encode(self._left))

    def rest(self, wire: Wire) -> Extra | None:
        """What was not taken, nulls apart; None where nothing is left."""
        left = {name: value.copy() for name, value in self._left.items() if bytes(value) != _NULL}
        return Extra(wire, left) if left else None

    def _read(self, value: msgspec.Raw, name: str, kind: Any) -> Any:
        try:
            return msgspec.json.decode(value, type=kind)
        except msgspec.ValidationError as error:
            raise refused(self.at(name), f"is wrong: {error}") from error
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise refused(self.at(name), f"is not JSON: {error}") from error


_KINDS: Final = {
    b'"': "text",
    b"[": "list",
    b"{": "object",
    b"t": "true",
    b"f": "false",
    b"n": "null",
    b"": "absent",
}


def refused(path: str, why: str) -> RequestRejected:
    """A request whose author must mend a member of it."""
    return RequestRejected(400, Code.INVALID_REQUEST, f"{path or 'the request'} {why}", param=path or None)


def said_again(extra: Extra | None, wire: Wire) -> dict[str, Any]:
    """The members that only this wire format knows, to be written again; none of another's."""
    return dict(extra.members) if extra is not None and extra.wire is wire else {}
