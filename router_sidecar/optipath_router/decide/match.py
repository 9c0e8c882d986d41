"""Which rule a request falls under."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache

from optipath_router.chat.features import Features
from optipath_snapshot import HeaderMatch, Match


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of a match, ready to be asked."""

    holds: Callable[[Features], bool]
    failed: str
    """What is said where it does not hold; the same for every request, so that records share it."""


def clauses(match: Match) -> tuple[Clause, ...]:
    """The conditions of a match, all of which must hold."""
    of_models = (_models(match.models),) if match.models else ()
    return (*of_models, *map(_header, match.headers))


def is_glob(pattern: str) -> bool:
    """Whether a pattern stands for other names than itself."""
    return "*" in pattern or "?" in pattern


def _models(patterns: tuple[str, ...]) -> Clause:
    exact = frozenset(pattern for pattern in patterns if not is_glob(pattern))
    globs = [_glob(pattern).match for pattern in patterns if is_glob(pattern)]

    def holds(features: Features) -> bool:
        return features.model in exact or any(fits(features.model) for fits in globs)

    return Clause(holds, f"models: the one asked for is none of {', '.join(patterns)}")


@lru_cache(maxsize=4096)
def _glob(pattern: str) -> re.Pattern[str]:
    # Compiling takes 0.1 ms, and of thousands of patterns a reload changes few.
    # fnmatch builds expressions without backtracking, and the alphabet of patterns has no brackets.
    return re.compile(translate(pattern))


def _header(wanted: HeaderMatch) -> Clause:
    def holds(features: Features) -> bool:
        return features.headers is not None and features.headers.get(wanted.name) == wanted.value

    return Clause(holds, f"headers: {wanted.name} is not {wanted.value!r}")
