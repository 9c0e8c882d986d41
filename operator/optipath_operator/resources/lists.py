"""Lists as Kubernetes knows them: maps by a key, sets, and lists of a bounded length.

The annotation says both: what a file is held against, and the schema that
makes server-side apply merge entry by entry.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from optipath_operator.resources.base import Cel

_NOT_TWICE = Cel("self.all(one, self.exists_one(other, other == one))", "an entry must not be there twice")


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of so many entries, merged so."""

    kind: Literal["map", "set", "atomic"]
    at_most: int
    at_least: int = 0
    key: str | None = None
    """The field that tells the entries of a map apart."""
    any_case: bool = False
    """Whether keys that differ only in case are the same."""
    twice: bool = False
    """Whether an entry may be there twice, or the type of the entries sees to that; never in a map or a set."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Entries first, then their number, then that none is there twice."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The list's schema with Kubernetes' own words in it."""
        schema = handler(core)
        schema["maxItems"] = self.at_most
        if self.at_least:
            schema["minItems"] = self.at_least
        schema["x-kubernetes-list-type"] = self.kind
        if self.key:
            schema["x-kubernetes-list-map-keys"] = [self.key]
        if self.kind == "atomic" and not self.twice:
            schema["x-kubernetes-validations"] = [_NOT_TWICE.schema()]
        return schema

    def _check(self, entries: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self.at_least <= len(entries) <= self.at_most:
            bounds = f"{self.at_least} to" if self.at_least else "at most"
            raise PydanticCustomError(
                "list_length",
                "must have {bounds} {most} entries, and has {count}",
                {"bounds": bounds, "most": self.at_most, "count": len(entries)},
            )
        if self.twice:
            return entries
        names = Counter(self._name(entry) for entry in entries)
        if repeated := [str(name) for name, count in names.items() if count > 1]:
            raise PydanticCustomError(
                "list_twice",
                "must not have {what}'{entry}' twice{how}",
                {
                    "what": f"{self.key} " if self.key else "",
                    "entry": repeated[0],
                    "how": ", in whatever case" if self.any_case else "",
                },
            )
        return entries

    def _name(self, entry: Any) -> Any:
        name = getattr(entry, self.key) if self.key else entry
        return name.lower() if self.any_case else name


def map_by(key: str, *, at_most: int, at_least: int = 0, any_case: bool = False) -> Listed:
    """A list that is a map by one of its fields."""
    return Listed("map", at_most, at_least, key, any_case)


def set_of(*, at_most: int, at_least: int = 0) -> Listed:
    """A list in which the order says nothing."""
    return Listed("set", at_most, at_least)


def ordered(*, at_most: int, at_least: int = 0, twice: bool = False) -> Listed:
    """A list whose order says something, and that is replaced whole."""
    return Listed("atomic", at_most, at_least, twice=twice)
