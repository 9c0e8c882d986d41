"""Ids of an answer and its items, made from what the provider called it: the same answer has the same ones."""

import hashlib
import re
from typing import Final

_FIT: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
"""What can be part of an id. The API takes none of more than 64 characters back."""
_RESPONSE: Final = "resp_"


class Names:
    """The names of one answer."""

    __slots__ = ("_stem", "_used", "response")

    def __init__(self, answer: str, model: str, created: int | None) -> None:
        """Take the provider's id, and what stands for it where there is none."""
        told = answer.removeprefix(_RESPONSE) or f"{model} {created}"
        fits = bool(answer) and _FIT.fullmatch(told) is not None
        self._stem = told if fits else hashlib.blake2b(told.encode(), digest_size=20).hexdigest()
        self.response = answer if answer.startswith(_RESPONSE) else _RESPONSE + self._stem
        """The id of all of it."""
        self._used: set[str] = set()

    def item(self, prefix: str, index: int, told: str | None = None) -> str:
        """The id of an item: the provider's own, unless another item has it, or else one of ours."""
        name = told if told and told not in self._used else f"{prefix}_{self._stem}_{index}"
        self._used.add(name)
        return name
