"""Recorded exchanges with real providers, in every dialect: OpenAI's chats where none is named."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

_PROJECT = Path(__file__).parents[2]
FIXTURES = Path(os.environ.get("OPTIPATH_FIXTURES", _PROJECT / "../shared/fixtures"))
_WIRE = FIXTURES / "wire"

CHAT = "openai.chat"

Exchange = dict[str, Any]


@cache
def exchanges(dialect: str = CHAT) -> tuple[Exchange, ...]:
    """Every recorded exchange that speaks a dialect; skips the test where there is no recording."""
    return tuple(
        exchange
        for file in recordings()
        for exchange in map(json.loads, file.read_text().splitlines())
        if exchange["dialect"] == dialect
    )


def requests(dialect: str = CHAT) -> list[tuple[Exchange, bytes]]:
    """Those whose request was kept, with its body."""
    return [
        (each, json.dumps(each["request"]["body"], ensure_ascii=False).encode())
        for each in exchanges(dialect)
        if each["request"] and isinstance(each["request"].get("body"), dict)
    ]


def taken(dialect: str = CHAT) -> list[tuple[Exchange, bytes]]:
    """Those whose request was kept, and was not refused."""
    return [(each, body) for each, body in requests(dialect) if each["response"]["status"] == 200]


def streams(dialect: str = CHAT) -> list[tuple[Exchange, bytes]]:
    """Those that were answered by a stream, with its bytes."""
    every = exchanges(dialect)
    return [(each, each["response"]["body_text"].encode()) for each in every if "body_text" in each["response"]]


def answers(dialect: str = CHAT) -> list[tuple[Exchange, bytes]]:
    """Those that were answered in one piece and well, with its bytes."""
    return [
        (each, json.dumps(each["response"]["body"], ensure_ascii=False).encode())
        for each in exchanges(dialect)
        if each["response"]["status"] == 200 and "body" in each["response"]
    ]


def error_shapes() -> list[dict[str, Any]]:
    """Error answers of providers, with what each one means."""
    shapes: list[dict[str, Any]] = json.loads((_folder() / "error_shapes.json").read_text())["errors"]
    return shapes


def recordings() -> list[Path]:
    """The files of recorded exchanges; skips the test where there are none."""
    return sorted(_folder().glob("*.jsonl"))


def _folder() -> Path:
    if not _WIRE.is_dir():
        pytest.skip(f"no recorded exchanges at {_WIRE}; OPTIPATH_FIXTURES names the folder")
    return _WIRE
