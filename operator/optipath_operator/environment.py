"""Settings as they stand in an environment, one by one. A wrong one is refused by name before anything starts."""

from collections.abc import Mapping
from typing import Final

LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
_MOST: Final = 1e6
"""A number beyond it is a slip of the pen; of seconds they are eleven days."""


class SettingsError(Exception):
    """A setting that cannot be used; its message names it and its value."""


def port(environment: Mapping[str, str], name: str, default: int) -> int:
    """A port to listen on, 0 for any free one; raises SettingsError."""
    text = environment.get(name, str(default))
    if not text.isdecimal() or int(text) > 65535:
        raise SettingsError(f"{name}: {text!r} is not a port")
    return int(text)


def number(environment: Mapping[str, str], name: str, default: float) -> float:
    """A number of something, such as seconds; raises SettingsError."""
    text = environment.get(name, str(default))
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found < _MOST:
        raise SettingsError(f"{name}: {text!r} is not a number from 0 to {_MOST:.0f}")
    return found


def log_level(environment: Mapping[str, str], name: str, default: str) -> str:
    """From which level upwards is logged; raises SettingsError."""
    text = environment.get(name, default)
    if text.upper() not in LOG_LEVELS:
        raise SettingsError(f"{name}: {text!r} is none of {', '.join(LOG_LEVELS)}")
    return text.upper()
