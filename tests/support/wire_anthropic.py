"""Recorded exchanges with Anthropic, in Messages."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

_PROJECT = Path(__file__).parents[2]
_RECORDINGS = Path(os.environ.get("OPTIPATH_FIXTURES", _PROJECT / "../shared/fixtures")) / "wire/anthropic.jsonl"

Exchange = dict[str, Any]


@cache
def exchanges(dialect: str = "anthropic.messages") -> tuple[Exchange, ...]:
    """Every recorded exchange in a dialect; skips the test where there is no recording."""
    if not _RECORDINGS.is_file():
        pytest.skip(f"no recorded exchanges at {_RECORDINGS}; OPTIPATH_FIXTURES names the folder")
    every = map(json.loads, _RECORDINGS.read_text().splitlines())
    return tuple(each for each in every if each["dialect"] == dialect)


def requests(dialect: str = "anthropic.messages") -> list[tuple[Exchange, bytes]]:
    """Those whose request was kept and taken, with its body."""
    return [
        (each, json.dumps(each["request"]["body"], ensure_ascii=False).encode())
        for each in exchanges(dialect)
        if each["request"] and each["response"]["status"] == 200
    ]


def streams() -> list[tuple[Exchange, bytes]]:
    """Those that were answered by a stream, with its bytes."""
    return [(each, each["response"]["body_text"].encode()) for each in exchanges() if "body_text" in each["response"]]


def answers() -> list[tuple[Exchange, bytes]]:
    """Those that were answered in one piece and well, with its bytes."""
    return [
        (each, json.dumps(each["response"]["body"], ensure_ascii=False).encode())
        for each in exchanges()
        if each["response"]["status"] == 200 and "body" in each["response"]
    ]
