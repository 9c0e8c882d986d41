"""Quantities, as Kubernetes writes them: `50m`, `1.5`, `64Mi`, `1e3`."""

import re
from decimal import Decimal
from typing import Any, Final

_WRITTEN: Final = re.compile(
    r"([+-]?(?:[0-9]{1,20}\.?[0-9]{0,20}|\.[0-9]{1,20}))([numkMGTPE]?|[KMGTPE]i|[eE][+-]?[0-9]{1,2})"
).fullmatch
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY: Final = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_SMALLEST_CPU: Final = Decimal("0.001")
_MOST: Final = 2**63
"""Kubernetes counts as far as this, and takes all that is more for the same."""


def quantity(written: Any) -> Decimal:
    """How much it is; raises ValueError."""
    # YAML and JSON may hold a bare number.
    text = written if isinstance(written, str) else str(written)
    if not (found := _WRITTEN(text)):
        raise ValueError(f"{written!r} is not a quantity, such as 100m or 64Mi")
    number, suffix = Decimal(found[1]), found[2]
    if suffix in _DECIMAL:
        return number.scaleb(_DECIMAL[suffix])
    if suffix in _BINARY:
        return number * Decimal(1024 ** _BINARY[suffix])
    return Decimal(number).scaleb(int(suffix[1:]))


def amount(resource: str, written: str) -> str:
    """A quantity that a container can have of `cpu` or `memory`; raises ValueError."""
    size = quantity(written)
    if size <= 0:
        raise ValueError(f"{written!r} is not more than nothing")
    if size >= _MOST:
        raise ValueError(f"{written!r} is more than Kubernetes can count")
    if resource == "cpu" and size % _SMALLEST_CPU:
        raise ValueError(f"{written!r} is finer than a thousandth of a cpu, 1m")
    if resource == "memory" and size % 1:
        raise ValueError(f"{written!r} is {size:f} bytes, for 'm' is a thousandth; mega is 'M', or 'Mi'")
    return written
