"""Logs: one JSON object a line."""

import json
import logging

from optipath_router.telemetry.logs import JsonFormatter


def line(record: logging.LogRecord) -> str:
    return JsonFormatter().format(record)


def record(message: str, *args: object, **given: object) -> logging.LogRecord:
    return logging.getLogger("optipath").makeRecord(
        "optipath", logging.WARNING, __file__, 1, message, args, None, extra=given
    )


def test_what_is_handed_in_stands_beside_the_message() -> None:
    told = json.loads(line(record("took %d", 5, digest="sha256:0", keys=["a"])))
    assert told.pop("time").endswith("+00:00")
    assert told == {"level": "WARNING", "logger": "optipath", "message": "took 5", "digest": "sha256:0", "keys": ["a"]}


def test_a_line_is_one_line_whatever_is_said() -> None:
    assert "\n" not in line(record("two\nlines", more="a\r\nb"))


def test_an_exception_is_told() -> None:
    failed = record("failed")
    error = ValueError("nonsense")
    failed.exc_info = (ValueError, error, error.__traceback__)
    assert "ValueError: nonsense" in json.loads(line(failed))["exception"]


def test_what_is_no_json_is_told_in_words() -> None:
    assert json.loads(line(record("odd", what={1})))["what"] == "{1}"
