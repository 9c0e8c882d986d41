"""Numbers that a provider tells; what can be none must not cost the caller a good answer."""

from typing import Any, Final

_MOST: Final = 2**53


def counted(value: Any) -> int | None:
    """A number of tokens; None where it can be none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if type(value) is int and 0 <= value <= _MOST else None
