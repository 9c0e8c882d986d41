"""Clauses on what the app asked for, and on what its request carries."""

import re
from fnmatch import translate
from functools import lru_cache

from optipath_router.chat.features import Features
from optipath_router.decide.match.clause import Clause, clause
from optipath_snapshot import HeaderMatch, InputTokens, Modalities


def is_glob(pattern: str) -> bool:
    """Whether a pattern stands for other names than itself."""
    return "*" in pattern or "?" in pattern


def models(patterns: tuple[str, ...]) -> Clause:
    """The model asked for fits one of the patterns."""
    exact = frozenset(pattern for pattern in patterns if not is_glob(pattern))
    globs = [_glob(pattern).match for pattern in patterns if is_glob(pattern)]
    listed = ", ".join(patterns)

    def holds(features: Features) -> bool:
        if features.model in exact:
            return True
        for fits in globs:  # noqa: SIM110  a generator takes longer than most patterns, and each request asks each rule
            if fits(features.model):
                return True
        return False

    return clause(
        holds,
        failed=f"models: the one asked for is none of {listed}",
        held=f"models: the one asked for is one of {listed}",
    )


@lru_cache(maxsize=4096)
def _glob(pattern: str) -> re.Pattern[str]:
    # Compiling takes 0.1 ms, and of thousands of patterns a reload changes few.
    # fnmatch builds expressions without backtracking, and the alphabet of patterns has no brackets.
    return re.compile(translate(pattern))


def header(wanted: HeaderMatch) -> Clause:
    """A header is there, and has the value."""

    def holds(features: Features) -> bool:
        return features.headers is not None and features.headers.get(wanted.name) == wanted.value

    return clause(
        holds,
        failed=f"headers: {wanted.name} is not {wanted.value!r}",
        held=f"headers: {wanted.name} is {wanted.value!r}",
    )


def input_tokens(wanted: InputTokens) -> Clause:
    """The input is of such a length."""
    least, most = wanted.min or 0, wanted.max
    bounds = f"from {least}" + ("" if most is None else f" to {most}")
    return clause(
        lambda features: least <= features.input_tokens and (most is None or features.input_tokens <= most),
        failed=f"inputTokens: their number is not {bounds}",
        held=f"inputTokens: their number is {bounds}",
    )


def modalities(wanted: Modalities) -> Clause:
    """The request is made of one of these, among others."""
    words, listed = frozenset(wanted.words), ", ".join(wanted.words)
    return clause(
        lambda features: not words.isdisjoint(features.modalities),
        failed=f"modalities: there is none of {listed}",
        held=f"modalities: there is one of {listed}",
    )
