"""The small words of a manifest: names, money, fractions, lengths of time.

Money and fractions are texts, because a number in YAML is a binary fraction
and 0.1 is none.
"""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, PlainSerializer
from pydantic_core import PydanticCustomError

from optipath_operator.resources.base import Cel
from optipath_operator.resources.text import Text

_MAX_SECONDS = 24 * 3600
_MILLISECONDS = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}


def seconds(duration: str) -> float:
    """The length of time that a Gateway API duration such as `1m30s` or `250ms` says."""
    parts: list[tuple[str, str]] = re.findall(r"([0-9]+)(ms|h|m|s)", duration)
    # Whole numbers until the end, or 4s35ms and 4035ms might differ.
    return sum(int(count) * _MILLISECONDS[unit] for count, unit in parts) / 1000


def _bounded(duration: str) -> str:
    if not 0 < seconds(duration) <= _MAX_SECONDS:
        raise PydanticCustomError("form", "must be longer than nothing and at most 24h")
    return duration


_PLAIN = PlainSerializer(str, return_type=str)
_NAME = r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?"
_LABEL = r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
_WORD = r"[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?"

Money = Annotated[
    Decimal, Text(r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,12})?$", 'dollars as a decimal such as "0.25"', 22), _PLAIN
]
Fraction = Annotated[Decimal, Text(r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$", 'a decimal from "0" to "1"', 8), _PLAIN]
Duration = Annotated[
    str,
    Text(
        r"^([0-9]{1,5}(h|m|s|ms)){1,4}$",
        'a length of time such as "90s", "5m" or "1m30s"',
        28,
        (
            Cel(
                "duration(self) > duration('0s') && duration(self) <= duration('24h')",
                "must be longer than nothing and at most 24h",
            ),
        ),
    ),
    AfterValidator(_bounded),
]
ObjectName = Annotated[
    str, Text(f"^{_NAME}$", "an object's name: lower-case letters, digits, - and ., at most 253", 253)
]
NamespaceName = Annotated[str, Text(_LABEL, "a namespace's name: lower-case letters, digits and -, at most 63", 63)]
RuleName = Annotated[str, Text(_LABEL, "lower-case letters, digits and -, at most 63", 63)]
KeyName = Annotated[
    str,
    Text(
        r"^[A-Za-z0-9]([-_A-Za-z0-9]{0,61}[A-Za-z0-9])?$",
        "the name of a key and not the key itself: letters, digits, - and _, at most 63",
        63,
    ),
]
FileName = Annotated[str, Text(r"^[-._A-Za-z0-9]{1,253}$", "a key of a ConfigMap", 253)]
LabelKey = Annotated[str, Text(f"^({_NAME}/)?{_WORD}$", "a label's name", 317)]
LabelValue = Annotated[str, Text(f"^({_WORD})?$", "a label's value", 63)]
ModelName = Annotated[
    str,
    Text(
        r"^[A-Za-z0-9~][-A-Za-z0-9._:/@+~]{0,199}$",
        "a model's name: letters, digits and . _ : / @ + ~ -, at most 200",
        200,
    ),
]
ModelPattern = Annotated[
    str,
    Text(r"^[-A-Za-z0-9._:/@+~*?]{1,200}$", "a model's name, in which * and ? may stand for others, at most 200", 200),
]
