"""What an attempt says about the health of its target: nothing, unless it is named here."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from optipath_router.errors import Outcome


class Sample(Enum):
    """What counts."""

    SUCCESS = auto()
    FAILURE = auto()
    BUSY = auto()
    """Counts in the rate, not in the run."""


SAMPLES: Final[Mapping[Outcome, Sample]] = {
    Outcome.OK: Sample.SUCCESS,
    Outcome.BUSY: Sample.BUSY,
    Outcome.UNREACHABLE: Sample.FAILURE,
    Outcome.TIMEOUT: Sample.FAILURE,
    Outcome.SERVER_ERROR: Sample.FAILURE,
    Outcome.OVERLOADED: Sample.FAILURE,
    Outcome.UNAVAILABLE: Sample.FAILURE,
    Outcome.BROKEN: Sample.FAILURE,
    Outcome.CUT: Sample.FAILURE,
}
"""Every other outcome is about the request, the key, the caller or this router."""
