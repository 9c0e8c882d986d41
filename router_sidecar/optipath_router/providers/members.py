"""The members of a JSON object, taken one by one; what is left over nobody has understood.

For a caller's request: what has the wrong shape is the caller's to mend, and
the message says where it stands.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, Final, TypeVar

import msgspec

from optipath_router.chat.conversation import Extra, Message, ToolResult, Wire
from optipath_router.chat.request import MAX_PARTS
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
        value = self._left.get(name)
        return value is not None and not _is_null(value)

    @property
    def empty(self) -> bool:
        """Whether all of them were taken."""
        return not self._left

    def at(self, name: str) -> str:
        """The path of a member."""
        return f"{self.path}.{name}" if self.path else name

    def raw(self, name: str) -> msgspec.Raw | None:
        """A member to the letter; None where it is absent or null."""
        value = self.lent(name)
        return None if value is None else value.copy()

    def lent(self, name: str) -> msgspec.Raw | None:
        """The same, to be read at once: it is a piece of the request, and whoever keeps it keeps all of that."""
        value = self._left.pop(name, None)
        return None if value is None or _is_null(value) else value

    def take(self, name: str, kind: type[T]) -> T | None:
        """A member of this kind; None where it is absent or null. Raises RequestRejected where it is another."""
        value = self._left.pop(name, None)
        return None if value is None else self._read(value, name, kind)

    def look(self, name: str, kind: type[T]) -> T | None:
        """What `take` would give, not taken."""
        value = self._left.get(name)
        return None if value is None else self._read(value, name, kind)

    def needed(self, name: str, kind: type[T]) -> T:
        """A member that must be there."""
        value = self.take(name, kind)
        if value is None:
            raise refused(self.at(name), "is missing")
        return value

    def kind_of(self, name: str) -> str:
        """What a member is, not taken: `text`, `list`, `object`, `number`, `true`, `false`, `null` or `absent`."""
        value = self._left.get(name)
        return "absent" if value is None else _KINDS.get(first_byte(value), "number")

    def object(self, name: str) -> "Members | None":
        """A member that is an object itself; None where it is absent or null."""
        value = self.lent(name)
        return None if value is None else Members(value, self.at(name))

    def each(self, name: str) -> Iterator["Members"]:
        """The objects of a member that is a list of them; none where it is absent or null."""
        value, path = self.lent(name), self.at(name)
        if value is None:
            return
        try:
            items = _list(value)
        except (msgspec.DecodeError, RecursionError) as error:
            raise refused(path, f"is no list: {error}") from error
        for index, item in enumerate(items):
            yield Members(item, f"{path}[{index}]")

    def whole(self) -> msgspec.Raw:
        """The object as JSON, but for what was taken."""
        return msgspec.Raw(msgspec.json.encode(self._left))

    def rest(self, wire: Wire) -> Extra | None:
        """What was not taken, nulls apart; None where nothing is left."""
        left = {name: value.copy() for name, value in self._left.items() if not _is_null(value)}
        return Extra(wire, left) if left else None

    def _read(self, value: msgspec.Raw, name: str, kind: Any) -> Any:
        try:
            return _decoder(kind)(value)
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
}


def first_byte(value: msgspec.Raw) -> bytes:
    """What a value begins with, which tells its kind; without a copy of what may be an image of many megabytes."""
    return bytes(memoryview(value)[:1])


def _is_null(value: msgspec.Raw) -> bool:
    return len(value) == len(_NULL) and bytes(value) == _NULL


@cache
def _decoder(kind: Any) -> Callable[[msgspec.Raw], Any]:
    return msgspec.json.Decoder(kind | None).decode


def refused(path: str, why: str) -> RequestRejected:
    """A request whose author must mend a member of it."""
    return RequestRejected(400, Code.INVALID_REQUEST, f"{path or 'the request'} {why}", param=path or None)


def bounded(messages: Iterable[Message], path: str) -> Iterator[Message]:
    """The messages of a list at this path, as they are read; raises RequestRejected where they hold too many parts."""
    count = 0
    for message in messages:
        count += len(message.parts)
        count += sum(len(part.parts) for part in message.parts if type(part) is ToolResult)
        if count > MAX_PARTS:
            raise refused(path, f"holds more than {MAX_PARTS} parts in all its messages")
        yield message


def said_again(extra: Extra | None, wire: Wire) -> dict[str, Any]:
    """The members that only this wire format knows, to be written again; none of another's."""
    return dict(extra.members) if extra is not None and extra.wire is wire else {}
