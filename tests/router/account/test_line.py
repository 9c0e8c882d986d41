"""The line of a request in the decision log."""

import json

import pytest

from optipath_router.account.line import LONGEST_PROMPT, log_line, prompt_of
from optipath_router.account.record import Record
from optipath_router.chat.conversation import Wire
from optipath_router.chat.features import Features
from optipath_router.decide import Health, decide, make_plan
from support.builders import route, snapshot


def record(wire: Wire) -> Record:
    plan = make_plan(snapshot(route("acme/small")), "sha256:0", {})
    decision = decide(Features("auto", 10, wire=wire), plan, Health(), 0)
    return Record("decision-1", "", 0.0, 0.0, decision, (), (), None, 200, "ok", streamed=False)


CALLERS = [wire for wire in Wire if wire not in {Wire.GEMINI, Wire.OLLAMA}]
"""What callers may speak."""

ODD = {
    "nested as deep as it goes": b'{"messages": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "a number of too many digits": b'{"messages": ' + b"9" * 5000 + b"}",
    "no JSON": b"{",
    "no object": b"[]",
    "without a prompt": b'{"model": "small"}',
    "too long": b" " * (LONGEST_PROMPT + 1),
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
@pytest.mark.parametrize("wire", CALLERS)
def test_a_line_is_made_whatever_the_body(wire: Wire, body: bytes) -> None:
    line = log_line(record(wire), prompt_of(body))
    assert line["id"] == "decision-1"
    assert line.get("messages", line.get("input", line.get("prompt"))) is None


@pytest.mark.parametrize("depth", range(900, 1001, 5))
def test_what_can_be_read_can_be_written(depth: int) -> None:
    body = b'{"messages": ' + b"[" * depth + b"]" * depth + b"}"
    assert json.dumps(log_line(record(Wire.CHAT), body))
