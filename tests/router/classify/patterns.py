"""The regular expressions of a package, and how often they can repeat."""

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any


def patterns_of(package: str) -> Iterator[re.Pattern[str]]:
    """Every pattern that a module of a package holds."""
    root = import_module(package)
    for module in walk_packages(root.__path__, f"{package}."):
        for value in vars(import_module(module.name)).values():
            yield from _within(value)


def _within(value: object) -> Iterator[re.Pattern[str]]:
    match value:
        case re.Pattern():
            yield value
        case dict():
            for each in value.values():
                yield from _within(each)
        case tuple() | list():
            for each in value:
                yield from _within(each)
        case _:
            pass


def repeats(pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    """For each repetition that can have more than one round: the most rounds, and the most of those around it."""
    parser: Any = re._parser  # type: ignore[attr-defined]  # Python has no public one
    return list(_repeats(parser.parse(pattern.pattern, pattern.flags), 1))


def _repeats(tree: Any, around: int) -> Iterator[tuple[int, int]]:
    for operation, argument in tree:
        name = str(operation)
        if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            _least, most, body = argument
            if int(most) > 1:
                yield int(most), around
            yield from _repeats(body, around * max(1, int(most)))
        elif name == "SUBPATTERN":
            yield from _repeats(argument[-1], around)
        elif name == "BRANCH":
            for branch in argument[1]:
                yield from _repeats(branch, around)
        elif name in {"ASSERT", "ASSERT_NOT"}:
            yield from _repeats(argument[1], around)
        elif name == "ATOMIC_GROUP":
            yield from _repeats(argument, around)
