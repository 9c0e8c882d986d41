"""How long and how much: the contract's own figures with OPTIPATH_SOAK=1, smaller ones in every other run."""

import os
from typing import Final

SOAKING: Final = os.environ.get("OPTIPATH_SOAK") == "1"


def seconds(full: float, ci: float) -> float:
    """A length of time: the first when soaking, the second otherwise."""
    return full if SOAKING else ci


def many(full: int, ci: int) -> int:
    """A number of requests: the first when soaking, the second otherwise."""
    return full if SOAKING else ci
