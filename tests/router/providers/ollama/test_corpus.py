"""Ollama against everything that was recorded of it."""

import json
from collections import Counter, defaultdict

import pytest

from optipath_router.chat.answer import Answer, Finish
from optipath_router.chat.folding import fold
from optipath_router.chat.usage import Usage
from optipath_router.errors import UpstreamBroken
from optipath_router.providers.ollama.codec import OLLAMA
from optipath_router.providers.ollama.embeddings import read_embeddings, write_embeddings
from support.pieces import cut, until_broken
from support.recorded import Table, differences, read, tally
from support.wire import Exchange, exchanges

FINISHES = {"stop": Finish.STOP, "length": Finish.LENGTH, "custom": Finish.OTHER}


def usage_of(exchange: Exchange) -> Usage | None:
    """As it is told; none where the prompt's part is missing, because all of it was cached."""
    expect = exchange["expect"]["usage"]
    return None if expect["input"] is None else Usage(expect["input"], expect["output"])


TABLE: Table = (FINISHES, usage_of)


def streams() -> list[tuple[Exchange, bytes]]:
    recorded = exchanges("ollama.chat")
    return [(each, each["response"]["body_text"].encode()) for each in recorded if "body_text" in each["response"]]


def read_all() -> list[tuple[Exchange, Answer]]:
    whole = [
        (each, OLLAMA.read_answer(json.dumps(each["response"]["body"]).encode()))
        for each in exchanges("ollama.chat")
        if "body" in each["response"]
    ]
    return whole + [(each, fold(read(OLLAMA.reader(), body))) for each, body in streams()]


def test_recorded_answers_say_what_any_reader_must_come_to(capsys: pytest.CaptureFixture[str]) -> None:
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    for exchange, answer in read_all():
        found = differences(exchange, answer, TABLE)
        counts[exchange["provider"]][not found] += 1
        assert not found, exchange["id"]
    with capsys.disabled():
        print(f"\nOllama's recorded answers: {tally(counts)}")  # noqa: T201  the count is what one runs it for
    assert counts["ollama"].total() == 19


def test_recorded_streams_mean_the_same_wherever_they_are_cut() -> None:
    for exchange, stream in streams():
        whole = read(OLLAMA.reader(), stream)
        for place in range(0, len(stream), 1 + len(stream) // 500):
            assert read(OLLAMA.reader(), *cut(stream, [place])) == whole, (exchange["id"], place)
        assert read(OLLAMA.reader(), *(bytes([byte]) for byte in stream)) == whole, exchange["id"]


def test_recorded_streams_that_break_off_are_not_finished() -> None:
    for exchange, stream in streams():
        lines = stream.splitlines(keepends=True)
        for kept in range(len(lines)):
            reader = OLLAMA.reader()
            until_broken(reader.feed(b"".join(lines[:kept]) + lines[kept].rstrip()[:-1]))
            _, broken = until_broken(reader.close())
            assert isinstance(broken, UpstreamBroken), exchange["id"]
            assert not reader.finished, exchange["id"]


def test_recorded_embeddings_are_asked_for_and_read() -> None:
    recorded = exchanges("ollama.embed")
    for exchange in recorded:
        asked, told = exchange["request"]["body"], exchange["response"]["body"]
        ours = write_embeddings([asked["input"]], asked["model"], None)
        assert json.loads(ours.body) == {"model": asked["model"], "input": [asked["input"]]}
        assert exchange["request"]["url"].endswith(ours.path)
        embedded = read_embeddings(json.dumps(told).encode(), inputs=1)
        assert [list(each) for each in embedded.vectors] == told["embeddings"]
        assert embedded.tokens == told["prompt_eval_count"]
    assert len(recorded) == 3
