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

_MILLISECONDS = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}


def seconds(duration: str) -> float:
    """The length of time that a Gateway API duration such as `1m30s` or `250ms` says."""
    parts: list[tuple[str, str]] = re.findall(r"([0-9]+)(ms|h|m|s)", duration)
    # Whole numbers until the end, or 4s35ms and 4035ms might differ.
    return sum(int(count) * _MILLISECONDS[unit] for count, unit in parts) / 1000


def percentile(after: str) -> int | None:
    """The percentile that `p95` names; None for a length of time."""
    return int(after[1:]) if after.startswith("p") else None


def _within(longest: str) -> AfterValidator:
    """The bounds of a length of time; a percentile, where the form admits one, has none."""

    def check(text: str) -> str:
        if percentile(text) is None and not 0 < seconds(text) <= seconds(longest):
            raise PydanticCustomError("form", "must be longer than nothing and at most {longest}", {"longest": longest})
        return text

    return AfterValidator(check)


def _bounds(longest: str) -> Cel:
    return Cel(
        f"duration(self) > duration('0s') && duration(self) <= duration('{longest}')",
        f"must be longer than nothing and at most {longest}",
    )


def _is_no_key(name: str) -> str:
    if re.search(_LIKE_A_KEY, name):
        raise PydanticCustomError("key", _NO_KEY)
    return name


# Keys of OpenAI, Anthropic, DeepSeek and OpenRouter begin with sk-, Google's with AIza, Groq's with gsk_; those of xAI,
# Perplexity, Mistral, Together and Azure have longer runs of letters and digits than names do.
_LIKE_A_KEY = "^(sk-|AIza|gsk_)|[A-Za-z0-9]{24}"
_NO_KEY = (
    "must be the name of a key in the Secret, and looks like a key itself: it begins like one, or has 24 letters and "
    "digits in a row; if it is one, replace it"
)
_PLAIN = PlainSerializer(str, return_type=str)
_NAME = r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?"
_LABEL = r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
_WORD = r"[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?"

Money = Annotated[
    Decimal, Text(r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,12})?$", 'dollars as a decimal such as "0.25"', 22), _PLAIN
]
Fraction = Annotated[Decimal, Text(r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$", 'a decimal from "0" to "1"', 8), _PLAIN]
_LENGTH = "([0-9]{1,5}(h|m|s|ms)){1,4}"
_LENGTH_IN_WORDS = 'a length of time such as "90s", "5m" or "1m30s"'
Duration = Annotated[str, Text(f"^{_LENGTH}$", _LENGTH_IN_WORDS, 28, (_bounds("24h"),)), _within("24h")]
ShortDuration = Annotated[str, Text(f"^{_LENGTH}$", _LENGTH_IN_WORDS, 28, (_bounds("60s"),)), _within("60s")]
PercentileOrDuration = Annotated[
    str,
    Text(
        f"^(p[5-9][0-9]|{_LENGTH})$",
        'a percentile from "p50" to "p99", or a length of time such as "800ms"',
        28,
        (Cel(f"self.startsWith('p') || ({_bounds('24h').rule})", _bounds("24h").message),),
    ),
    _within("24h"),
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
        (Cel(f"!self.matches('{_LIKE_A_KEY}')", _NO_KEY),),
    ),
    AfterValidator(_is_no_key),
]
FileName = Annotated[str, Text(r"^[-._A-Za-z0-9]{1,253}$", "a key of a ConfigMap", 253)]
LabelKey = Annotated[str, Text(f"^({_NAME}/)?{_WORD}$", "a label's name", 317)]
LabelValue = Annotated[str, Text(f"^({_WORD})?$", "a label's value", 63)]
TierName = Annotated[str, Text(f"^{_WORD}$", "a tier: the value of a label, letters, digits and - _ ., at most 63", 63)]
PluginName = Annotated[str, Text(r"^[a-z0-9]([-_.a-z0-9]{0,61}[a-z0-9])?$", "an entry point's name, at most 63", 63)]
ConfigKey = Annotated[
    str, Text(r"^[A-Za-z][-_.A-Za-z0-9]{0,62}$", "a word of at most 63 letters, digits and - _ .", 63)
]
ConfigValue = Annotated[str, Text(r"^[\s\S]{0,1000}$", "a text of at most 1000 signs", 1000)]
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
ClockTime = Annotated[str, Text(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", 'a time of day such as "08:00"', 5)]
EndOfDay = Annotated[
    str, Text(r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", 'a time of day such as "18:00", at most "24:00"', 5)
]
TimeZone = Annotated[
    str, Text(r"^[A-Za-z][-+_A-Za-z0-9]{0,30}(/[-+_A-Za-z0-9]{1,30}){0,2}$", "a time zone such as Europe/Berlin", 64)
]
Language = Annotated[str, Text(r"^[a-z]{2}$", "a language of ISO 639-1 in two letters, such as en", 2)]
ShortText = Annotated[str, Text(r"^[^\x00-\x1f\x7f]{1,100}$", "a text of at most 100 signs, on one line", 100)]
Day = Annotated[str, Text(r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", "a day such as 2026-11-21", 10)]
Region = Annotated[
    str, Text(r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", "a region: lower-case letters, digits and -, at most 63", 63)
]
Retention = Annotated[str, Text(r"^(None|[1-9][0-9]{0,3}d)$", 'None, or a number of days such as "30d"', 5)]


def retention_days(retention: str) -> int:
    """How many days `30d` is; `None` is not at all."""
    return 0 if retention == "None" else int(retention.removesuffix("d"))
