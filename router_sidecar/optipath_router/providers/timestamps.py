"""Moments that a provider tells as text."""

from datetime import UTC, datetime
from typing import Any


def seconds_of(told: Any) -> int | None:
    """Seconds since 1970 of a moment in RFC 3339; None of what is none."""
    if not isinstance(told, str):
        return None
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
