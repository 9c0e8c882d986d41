"""The arguments of a tool call while they are being written, and whether they are complete.

An object may be complete where its outermost brace closes. Braces and texts are followed
piece by piece, so that the whole is decoded only there, and once: to see that it is JSON.
"""

import re
from typing import Final

import msgspec

MAX_ARGUMENTS: Final = 1024 * 1024
"""Characters of arguments; longer ones are not kept, and count as not complete."""

_BLANKS: Final = " \t\n\r"
_tokens: Final = re.compile(r'\\.?|["{}]', re.DOTALL).finditer


class CallArguments:
    """Arguments as they come."""

    __slots__ = ("_depth", "_escape", "_hopeless", "_in_text", "_pieces", "_size", "complete")

    def __init__(self) -> None:
        self.complete = False
        """Whether they are one object, and nothing but blanks around it."""
        self._hopeless = False
        """Whether nothing that may follow makes them complete."""
        self._pieces: list[str] = []
        self._size = self._depth = 0
        self._in_text = False
        self._escape = ""
        """The backslash that the last piece ends with, where what it escapes has yet to come."""

    def add(self, piece: str) -> None:
        """Take more of them."""
        if self._hopeless:
            return
        self._size += len(piece)
        if self._size > MAX_ARGUMENTS:
            self._end(complete=False)
        elif self._depth:
            self._follow(piece)
        elif begun := piece.lstrip(_BLANKS):
            if self.complete or not begun.startswith("{"):
                self._end(complete=False)
            else:
                self._follow(begun)

    def _follow(self, piece: str) -> None:
        """Take more of the object, up to its last brace."""
        self._pieces.append(piece)
        text, self._escape = self._escape + piece, ""
        for found in _tokens(text):
            match found[0]:
                case '"':
                    self._in_text = not self._in_text
                case "\\":
                    self._escape = "\\"
                case "{" if not self._in_text:
                    self._depth += 1
                case "}" if not self._in_text:
                    self._depth -= 1
                    if not self._depth:
                        self._end(complete=not text[found.end() :].strip(_BLANKS) and _is_json("".join(self._pieces)))
                        return
                case _:
                    pass  # a brace in a text, or what is escaped

    def _end(self, *, complete: bool) -> None:
        """Judge them, by all that will ever count."""
        self.complete, self._hopeless = complete, not complete
        self._pieces = []


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
