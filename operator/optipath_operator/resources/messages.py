"""What pydantic found wrong, in words for the person who wrote the manifest.

A problem is shown in status, events and logs. So values are quoted to help,
but never one in which a secret may stand: a header's value, a URL's user and
query, whatever was put where keys and headers belong.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

_LONGEST = 80
_CHOICES = 5

_WHOLE = {
    "missing": "is required",
    "extra_forbidden": "is not a field that this release knows",
    "invalid_key": "is not a field that this release knows",
    "too_short": "must have {min_length} or more entries, and has {count}",
    "too_long": "must have at most {max_length} entries, and has {count}",
}
_WANTED = {
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "tuple_type": "must be a list",
    "int_type": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}
# Who takes a header for one text writes its value behind its name.
_HEADER_NAME = re.compile(r"headers\[\d+\]\.name$")
# Whoever mistakes the shape writes the secret itself one level higher.
_SECRET_PLACES = re.compile(r"spec\.(credentials|endpoint)\b|.*\.headers(\[\d+\](\.value)?)?$")
_HARMLESS_PLACES = re.compile(r"spec\.endpoint\.(url|caBundleRef\.(name|key)|headers\[\d+\]\.name)$")
_LIKE_A_FIELD = re.compile(r"[A-Za-z]{1,30}").fullmatch


def place(steps: Iterable[int | str]) -> str:
    """Where in a resource, such as `spec.rules[1].targets[0].model`."""
    told = "spec"
    for step in steps:
        if isinstance(step, str) and _is_secret(told) and not _LIKE_A_FIELD(step):
            told += "['…']"
        elif isinstance(step, str) and re.fullmatch(r"\w+", step):
            told += f".{_short(step)}"
        # A map's key is followed by a mark that it is the key which is wrong.
        elif step != "[key]":
            told += f"[{_short(repr(step))}]"
    return told


def message(detail: ErrorDetails) -> str:
    """What is wrong, with the value that is."""
    kind, context = detail["type"], detail.get("ctx", {})
    where = place(detail["loc"])
    if kind == "model_type" and not detail["loc"] and detail["input"] is None:
        kind = "missing"
    if kind in _WHOLE:
        count = len(detail["input"]) if kind.startswith("too_") else None
        return _WHOLE[kind].format(**context, count=count)
    if kind in _WANTED:
        wanted = _WANTED[kind].format(**context)
    elif kind in ("literal_error", "enum"):
        wanted = _choice(re.findall("'([^']+)'", context["expected"]), detail["input"])
    elif kind == "form":
        wanted = detail["msg"]
    elif kind == "list_twice" and where == "spec.credentials.keys":
        return "must not have an entry twice"
    else:
        # Said by a validator of our own, which names the value itself.
        return detail["msg"]
    return f"{wanted}, not {_shown(detail['input'], where)}"


def _choice(known: list[str], given: Any) -> str:
    if len(known) == 1:
        return f"must be {known[0]}"
    if len(known) <= _CHOICES:
        return f"must be {', '.join(known[:-1])} or {known[-1]}"
    words = {word.lower(): word for word in known}
    near = [words[found] for found in get_close_matches(str(given).lower(), words)]
    return f"must be one of {len(known)} words, " + (
        f"the nearest {' or '.join(near)}" if near else "which kubectl explain lists"
    )


def _shown(value: Any, where: str) -> str:
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    if _is_secret(where):
        return "the one given"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if not isinstance(value, str):
        return _short(str(value))
    if where.endswith(".url"):
        value = _without_secrets(value)
    elif _HEADER_NAME.search(where):
        value = re.sub(r"[:\s].*", "…", value, flags=re.DOTALL)
    return _short(repr(value))


def _is_secret(where: str) -> bool:
    return _SECRET_PLACES.match(where) is not None and _HARMLESS_PLACES.match(where) is None


def _without_secrets(url: str) -> str:
    """A URL as it may be shown: without what stands before an @, and without query and fragment."""
    shown, at, rest = url.rpartition("@")
    scheme = re.match(r"[a-z]+://", shown)
    shown = f"{scheme.group() if scheme else ''}…@{rest}" if at else url
    return re.sub(r"[?#].*", "?…", shown, flags=re.DOTALL)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
