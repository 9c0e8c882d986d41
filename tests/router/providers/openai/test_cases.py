"""Case folders: a caller's request and a provider's answer, and what becomes of both.

case.json                the type of the provider
request.json             what an app asks, in OpenAI's chat format
sent.json                what the provider is asked
received.txt, .json      what it answers, as a stream or in one piece
events.json              what that is in neutral words
told.txt, .json          what the app is told
"""

import json
from pathlib import Path

import pytest

from optipath_router.chat.answer import Failing
from optipath_router.providers.openai.codec import CALLER, CODECS
from optipath_router.providers.openai.faults import broken_off
from support.cases import cases, compare, given, pretty, shown


@pytest.mark.parametrize("case", cases(__file__), ids=lambda case: case.name)
def test_case(case: Path, pytestconfig: pytest.Config) -> None:
    update = pytestconfig.getoption("--update-cases")
    codec = CODECS[json.loads(given(case, "case.json") or b"")["provider"]]
    stream, whole = given(case, "received.txt"), given(case, "received.json")
    chat = CALLER.read_chat(given(case, "request.json") or b"")
    sent = codec.write_chat(chat, "upstream-model", streams=stream is not None)
    told = json.loads(sent.body) | ({"schema_in_prompt": True} if sent.schema_in_prompt else {})
    compare(case, "sent.json", pretty(told) + "\n", update=update)
    if stream is not None:
        reader, writer = codec.reader(chat.n or 1), CALLER.writer(chat, tells_usage=True)
        deltas = [delta for read in (*reader.feed(stream), *reader.close()) for delta in read.deltas]
        events = [*map(shown, deltas), {"finished": reader.finished}]
        compare(case, "events.json", pretty(events) + "\n", update=update)
        told_deltas = [delta for delta in deltas if not isinstance(delta, Failing)]
        end = writer.end() if reader.finished else broken_off("the answer broke off")
        compare(case, "told.txt", b"".join([*map(writer.write, told_deltas), end]), update=update)
    if whole is not None:
        answer = codec.read_answer(whole)
        compare(case, "events.json", pretty(shown(answer)) + "\n", update=update)
        compare(case, "told.json", pretty(json.loads(CALLER.write_answer(answer, chat))) + "\n", update=update)


def test_there_are_enough_cases() -> None:
    assert len(cases(__file__)) >= 10
