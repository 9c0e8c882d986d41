"""Which rule a request falls under."""

from fnmatch import fnmatchcase

from optipath_router.chat.features import Features
from optipath_snapshot import Match


def failed_clause(match: Match, features: Features) -> str:
    """The first clause of a match that does not hold, in words; empty where all hold."""
    # fnmatch builds expressions without backtracking, and the alphabet of patterns has no brackets.
    if match.models and not any(fnmatchcase(features.model, pattern) for pattern in match.models):
        return f"models: {features.model!r} is none of {', '.join(match.models)}"
    headers = features.headers or {}
    for wanted in match.headers:
        if headers.get(wanted.name) != wanted.value:
            return f"headers: {wanted.name} is not {wanted.value!r}"
    return ""
