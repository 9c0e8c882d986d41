"""The decision log, as a file."""

import json
import logging
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from optipath_cli.simulator import Simulator
from optipath_router.telemetry.decision_log import DecisionLog
from support.builders import LOOPBACK, provider, route, snapshot
from support.requests import body
from support.router import Files, running


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def write(path: Path, *texts: str, max_bytes: int = 1_000_000) -> int:
    """Write a line for each text, and say how many were dropped."""
    dropped: list[str] = []
    log = DecisionLog(path, max_bytes, lambda: dropped.append(""))
    for text in texts:
        log.add(lambda text=text: {"text": text})  # type: ignore[misc]  # its default is typed by the loop
    log.close(60)
    return len(dropped)


def test_each_line_is_json_and_in_order(tmp_path: Path) -> None:
    assert write(tmp_path / "log", "one", "zwei\n", "三") == 0
    assert [line["text"] for line in lines(tmp_path / "log")] == ["one", "zwei\n", "三"]


def test_a_full_file_makes_way_and_one_is_kept_beside_it(tmp_path: Path) -> None:
    write(tmp_path / "log", *(f"{number:080}" for number in range(100)), max_bytes=1000)
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert set(sizes) == {"log", "log.1"}
    assert all(size <= 1000 for size in sizes.values())
    assert lines(tmp_path / "log")[-1]["text"] == f"{99:080}"


def test_lines_that_it_cannot_keep_up_with_are_dropped_and_counted(tmp_path: Path) -> None:
    dropped: list[str] = []
    log, go = DecisionLog(tmp_path / "log", 1_000_000, lambda: dropped.append("")), Event()

    def slow() -> dict[str, Any]:
        go.wait(60)
        return {}

    for _ in range(1500):
        log.add(slow)
    assert 498 <= len(dropped) <= 500
    go.set()
    log.close(60)
    assert len(lines(tmp_path / "log")) == 1500 - len(dropped)


def test_a_disk_that_fails_is_said_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert write(tmp_path / "missing" / "log", "one", "two", "three") == 3
    assert [record.message for record in caplog.records] == ["the decision log cannot be written"]


def test_a_line_that_cannot_be_made_is_dropped_and_the_next_is_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dropped: list[str] = []
    log = DecisionLog(tmp_path / "log", 1_000_000, lambda: dropped.append(""))

    def broken() -> dict[str, Any]:
        raise KeyError("the secret plan")

    with caplog.at_level(logging.ERROR):
        for line in (broken, lambda: {"text": {1, 2}}, broken, lambda: {"text": "last"}):
            log.add(line)
        log.close(60)
    assert lines(tmp_path / "log") == [{"text": "last"}]
    assert len(dropped) == 3
    assert [vars(record)["error"] for record in caplog.records] == ["KeyError", "TypeError"]
    assert "the secret plan" not in caplog.text


def test_half_a_surrogate_pair_is_written_as_it_was_sent(tmp_path: Path) -> None:
    assert write(tmp_path / "log", "a \ud83d b", "c") == 0
    assert [line["text"] for line in lines(tmp_path / "log")] == ["a \ud83d b", "c"]


@pytest.mark.row("E25")
@pytest.mark.parametrize("prompts", [False, True], ids=["without prompts", "with prompts"])
async def test_each_request_has_a_line_and_its_prompt_only_where_that_is_wanted(
    files: Files, tmp_path: Path, *, prompts: bool
) -> None:
    log = tmp_path / "decisions.jsonl"
    async with Simulator() as simulator:
        files.put(snapshot(route("acme/ok"), providers=[provider("acme", url=simulator.url)], egress=LOOPBACK))
        async with running(files.settings(decision_log=log, decision_log_prompts=prompts)) as router:
            answers = [
                await router.http.post(
                    f"{router.url}/v1/chat/completions",
                    content=body(messages=[{"role": "user", "content": "the secret plan"}]),
                    headers={"content-type": "application/json"},
                )
                for _ in range(3)
            ]
    written = lines(log)
    assert [line["id"] for line in written] == [answer.headers["x-optipath-decision"] for answer in answers]
    assert all(line["decision"]["rule"] == "rule" for line in written)
    assert ("the secret plan" in log.read_text()) is prompts


async def test_each_line_says_from_which_workload_it_comes(files: Files, tmp_path: Path) -> None:
    log = tmp_path / "decisions.jsonl"
    async with Simulator() as simulator:
        files.put(snapshot(route("acme/ok"), providers=[provider("acme", url=simulator.url)], egress=LOOPBACK))
        chosen = files.settings(decision_log=log, workload="Deployment/chat", service_account="reader")
        async with running(chosen) as router:
            await router.http.post(
                f"{router.url}/v1/chat/completions", content=body(), headers={"content-type": "application/json"}
            )
    (line,) = lines(log)
    assert (line["workload"], line["service_account"]) == ("Deployment/chat", "reader")


ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "chat": ("/v1/chat/completions", {"messages": [{"role": "user", "content": "the plan"}]}),
    "responses": ("/v1/responses", {"input": "the plan", "instructions": "Be brief."}),
    "messages": (
        "/v1/messages",
        {"messages": [{"role": "user", "content": "the plan"}], "system": "Be brief.", "max_tokens": 9},
    ),
    "completions": ("/v1/completions", {"prompt": ["the plan", "another"]}),
    "embeddings": ("/v1/embeddings", {"input": ["the plan"]}),
    "moderations": ("/v1/moderations", {"input": "the plan"}),
}


@pytest.mark.row("E25")
async def test_the_prompt_stands_in_its_line_under_the_name_that_the_caller_gave_it(
    files: Files, tmp_path: Path
) -> None:
    log = tmp_path / "decisions.jsonl"
    async with Simulator() as simulator:
        files.put(snapshot(route("acme/ok"), providers=[provider("acme", url=simulator.url)], egress=LOOPBACK))
        async with running(files.settings(decision_log=log, decision_log_prompts=True)) as router:
            for path, asked in ASKED.values():
                await router.http.post(f"{router.url}{path}", json={"model": "ok", **asked})
    written = lines(log)
    assert [
        {name: line.get(name) for name in asked} for line, (_, asked) in zip(written, ASKED.values(), strict=True)
    ] == [
        {name: value if name != "max_tokens" else None for name, value in asked.items()} for _, asked in ASKED.values()
    ]
