"""What a provider refuses, and what becomes of it: U01, U03, U05 to U08."""

import asyncio
import json
from itertools import pairwise

import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageParam

from optipath_cli.simulator import Simulator
from optipath_cli.simulator.request import fingerprint
from optipath_snapshot import Snapshot
from support.arrivals import arrivals
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.figures import figures
from support.router import Files, Router, asked, chain, running
from support.soak import seconds


@pytest.mark.case("U01")
async def test_a_target_that_asks_for_a_second_is_left_alone_for_one(simulator: Simulator, files: Files) -> None:
    busy = "429-retry-after-1"
    files.put(chain(simulator.url, busy, "ok-second"))
    async with running(files.settings()) as router:
        calls = []
        for _ in range(20):
            calls.append(asyncio.create_task(router.ask()))
            await asyncio.sleep(0.1)
        answers = await asyncio.gather(*calls)
    assert {(answer.status_code, answer.headers["x-optipath-model"]) for answer in answers} == {(200, "ok-second")}
    assert all(later - earlier >= 1 for earlier, later in pairwise(arrivals(simulator, busy)))
    assert arrivals(simulator, busy)
    assert max(answer.elapsed.total_seconds() for answer in answers) < 1, "somebody waited for the first target"


@pytest.mark.case("U03")
async def test_a_spent_key_is_asked_once_and_then_left_alone(simulator: Simulator, files: Files) -> None:
    simulator.spent_keys = {"sk-spent"}
    files.put(chain(simulator.url, "ok", keys=("first", "second")))
    files.key("first", "sk-spent", "127.0.0.1")
    files.key("second", "sk-rich", "127.0.0.1")
    async with running(files.settings()) as router:
        answers = [await router.ask() for _ in range(10)]
        first, *_ = records = [await router.decision(answer) for answer in answers]
        await asyncio.sleep(seconds(59, 0))
        last = await router.ask()
    assert [answer.status_code for answer in (*answers, last)] == [200] * 11
    assert simulator.stats.keys == {fingerprint("sk-spent"): 1, fingerprint("sk-rich"): 11}
    told = [(attempt["key"], attempt["outcome"]) for attempt in first["attempts"]]
    assert told == [("first", "quota"), ("second", "ok")]
    assert [len(record["attempts"]) for record in records[1:]] == [1] * 9


FAILING = ("500", "502-html", "503-empty", "504-text", "529", "overloaded-openai", "overloaded-anthropic",
           "overloaded-azure", "overloaded-gemini")  # fmt: skip
THEIR_WORDS = ("<html", "simulator", "Overloaded", "model name asks", "high demand")


@pytest.mark.case("U05")
@pytest.mark.parametrize("fault", FAILING)
async def test_a_provider_that_fails_is_replaced(fault: str, simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = fault
    files.put(chain(simulator.url, "main", "second"))
    async with running(files.settings()) as router:
        plain, stream = await router.ask(), await router.stream()
    for answer in (plain, stream.answer):
        assert (answer.status_code, answer.headers["x-optipath-model"]) == (200, "second")
        # One that was busy in the first call is left alone in the second.
        assert int(answer.headers["x-optipath-attempts"]) <= 2
    assert stream.finished
    assert plain.headers["x-optipath-attempts"] == "2"
    assert simulator.stats.models["second"].count == 2


@pytest.mark.case("U05")
@pytest.mark.row("B05")
@pytest.mark.parametrize("fault", FAILING)
async def test_where_all_fail_the_caller_gets_a_clean_error_and_no_page(
    fault: str, simulator: Simulator, files: Files
) -> None:
    simulator.map |= {"main": fault, "second": fault}
    files.put(
        chain(simulator.url, "main", "second", resilience={"backoff_base_seconds": 0.01, "backoff_max_seconds": 0.02})
    )
    async with running(files.settings()) as router:
        answer = await router.ask()
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (503, "all_attempts_failed")
    assert "p1/main" in error["message"]
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["x-should-retry"] == "false"
    assert simulator.stats.count <= 3
    assert not [words for words in THEIR_WORDS if words in answer.text + str(answer.headers)]


@pytest.mark.case("U06")
async def test_a_refused_key_is_ours_and_not_the_apps(simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, "auth", keys=("acme",)))
    files.key("acme", "sk-canary-zebra", "127.0.0.1")
    async with running(files.settings()) as router:
        first, *others = [await router.ask() for _ in range(5)]
        records = [await router.decision(answer) for answer in (first, *others)]
        seen = await figures(router)
    for answer in (first, *others):
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "provider_auth_error")
        assert answer.headers["x-should-retry"] == "false"
        assert int(answer.headers["retry-after"]) >= 1
        assert not [part for part in ("sk-ca", "ebra", "Incorrect") if part in answer.text + str(answer.headers)]
    # The key is tripped: nobody asks with it again, and the reason can be read.
    assert simulator.stats.count == 1
    assert [record["decision"]["left_out"][0]["reason"] for record in records[1:]] == ["key_refused"] * 4
    assert "sk-ca" not in json.dumps(records)
    assert seen.by("outcome", "optipath_requests_total") == {"provider_auth_error": 5}
    assert seen.by("outcome", "optipath_attempts_total") == {"auth": 1}


SMALL, LONG = "context-over-100", "word " * 150
"""A model that takes 100 tokens, though more is declared, and a prompt of more than that."""


def windows(simulator: Simulator, second: int) -> Snapshot:
    """A small model, and one behind it with a window of so many tokens."""
    targets = [target(f"p1/{SMALL}", context_window=8_000), target("p2/ok-large", context_window=second)]
    providers = [provider(each.provider, url=simulator.url) for each in targets]
    rule = route(*(each.name for each in targets), models=["auto"])
    return snapshot(rule, targets=targets, providers=providers, egress=LOOPBACK)


async def well(router: Router, model: str) -> bool:
    """Whether a short prompt still goes to the first target: its breaker is closed, and nothing cools down."""
    answer = await router.ask(text="short")
    return answer.status_code == 200 and answer.headers["x-optipath-model"] == model


@pytest.mark.case("U07")
async def test_a_prompt_that_is_too_long_goes_once_to_a_larger_model(simulator: Simulator, files: Files) -> None:
    files.put(windows(simulator, 200_000))
    async with running(files.settings()) as router:
        answers = [await router.ask(text=LONG) for _ in range(6)]
        record = await router.decision(answers[0])
        assert await well(router, SMALL)
    assert {(answer.status_code, answer.headers["x-optipath-model"]) for answer in answers} == {(200, "ok-large")}
    assert {answer.headers["x-optipath-attempts"] for answer in answers} == {"2"}
    assert [attempt["outcome"] for attempt in record["attempts"]] == ["context_length", "ok"]
    assert simulator.stats.models["ok-large"].count == 6


@pytest.mark.case("U07")
async def test_where_no_model_is_larger_the_refusal_is_passed_on_unchanged(simulator: Simulator, files: Files) -> None:
    files.put(windows(simulator, 8_000))
    async with running(files.settings()) as router:
        answers = [await router.ask(text=LONG) for _ in range(6)]
        own = await router.http.post(f"{simulator.url}/chat/completions", json=asked(SMALL, LONG))
        assert await well(router, SMALL)
    assert {answer.status_code for answer in answers} == {400}
    assert {answer.content for answer in answers} == {own.content}
    assert {answer.headers["x-optipath-attempts"] for answer in answers} == {"1"}
    assert simulator.stats.models["ok-large"].count == 0


@pytest.mark.case("U08")
@pytest.mark.parametrize(("manner", "finish"), [("content-filter", "content_filter"), ("refusal", "stop")])
async def test_what_a_model_will_not_say_is_passed_on(
    manner: str, finish: str, simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, manner, "ok-second"))
    async with running(files.settings()) as router, AsyncOpenAI(base_url=f"{router.url}/v1", api_key="any") as client:
        messages: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello"}]
        plain = [await client.chat.completions.create(model="auto", messages=messages) for _ in range(6)]
        stream = await client.chat.completions.create(model="auto", messages=messages, stream=True)
        chunks = [chunk async for chunk in stream]
        assert await well(router, manner)
    assert {answer.choices[0].finish_reason for answer in plain} == {finish}
    assert chunks[-1].choices[0].finish_reason == finish
    if manner == "refusal":
        refused = "".join(chunk.choices[0].delta.refusal or "" for chunk in chunks)
        assert {answer.choices[0].message.refusal for answer in plain} == {refused}
        assert "cannot help" in refused
    assert simulator.stats.models[manner].count == 8
    assert simulator.stats.models["ok-second"].count == 0


@pytest.mark.case("U08")
@pytest.mark.parametrize("streams", [False, True], ids=["plain", "streamed"])
async def test_a_prompt_that_a_filter_refuses_is_passed_on_with_one_call(
    *, streams: bool, simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, "content-policy", "ok-second"))
    async with running(files.settings()) as router:
        answers = [await router.ask(stream=streams) for _ in range(6)]
        own = await router.http.post(f"{simulator.url}/chat/completions", json=asked("content-policy"))
    assert {(answer.status_code, answer.content) for answer in answers} == {(400, own.content)}
    assert simulator.stats.models["content-policy"].count == 7
    assert simulator.stats.models["ok-second"].count == 0
