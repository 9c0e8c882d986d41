"""How long stories last that are about time: a twentieth of what the contract says; all of it with OPTIPATH_SOAK=1."""

import os
from typing import Final

SOAKING: Final = bool(os.environ.get("OPTIPATH_SOAK"))


def lasting(seconds: float) -> float:
    """So many seconds of the contract, as they are lived through here."""
    return seconds if SOAKING else seconds / 20
