"""Headers in a manifest: what they may be called, and how some names are refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic_core import PydanticCustomError

from optipath_operator.resources.base import Cel
from optipath_operator.resources.text import Text


@dataclass(frozen=True, slots=True)
class Without:
    """Some names that a header may not have, for files and for the API server."""

    names: Sequence[str]
    why: str

    def check(self, name: str) -> str:
        """The name, if it is none of them."""
        if name.lower() in self.names:
            raise PydanticCustomError("header", "must not be '{name}': {why}", {"name": name, "why": self.why})
        return name

    def cel(self, field: str = "name", *, given: bool = True) -> Cel:
        """The rule of a model that has a header's name in a field, which may not be given."""
        if_given = "" if given else f"!has(self.{field}) || "
        rule = f"{if_given}!(self.{field}.lowerAscii() in {list(self.names)})"
        return Cel(rule, f"must not have this name: {self.why}")


HeaderName = Annotated[str, Text(r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$", "a header's name", 100)]
HeaderValue = Annotated[
    str,
    Text(
        r"^[\x21-\x7e]([\t\x20-\x7e]{0,998}[\x21-\x7e])?$",
        "printable ASCII, at most 1000 signs, none of them a space at an end",
        1000,
    ),
]
