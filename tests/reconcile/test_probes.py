"""Probes, metrics and logs."""

import json
import logging

import httpx

from optipath_operator.probes import probes
from optipath_operator.telemetry import Metrics, json_lines


async def asked(path: str, missing: str = "") -> httpx.Response:
    app = probes(lambda: missing, Metrics().text)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://operator") as client:
        return await client.get(path)


async def test_it_lives_whatever_is_missing() -> None:
    assert (await asked("/livez", "everything")).status_code == 200


async def test_it_is_ready_when_nothing_is_missing() -> None:
    assert (await asked("/readyz")).status_code == 200
    answer = await asked("/readyz", "not everything has been seen yet")
    assert answer.status_code == 503
    assert answer.text == "not everything has been seen yet\n"


async def test_what_is_counted_can_be_scraped() -> None:
    answer = await asked("/metrics")
    assert "optipath_operator_leader 0.0" in answer.text
    assert "_created" not in answer.text


def test_a_log_line_is_json_with_what_was_said_beside_it() -> None:
    record = logging.makeLogRecord({"name": "a.b", "levelname": "WARNING", "msg": "refused: %s", "args": ("no",)})
    record.namespace = "team-a"
    line = json.loads(json_lines().format(record))
    assert (line["level"], line["logger"], line["message"], line["namespace"]) == (
        "WARNING",
        "a.b",
        "refused: no",
        "team-a",
    )


def test_an_exception_is_in_the_line() -> None:
    error = ValueError("broken")
    record = logging.makeLogRecord({"exc_info": (type(error), error, None)})
    assert "ValueError: broken" in json.loads(json_lines().format(record))["exception"]
