"""The cases of faults in every provider's dialect, for callers of every surface."""

import asyncio
import json
from typing import Any

import anthropic
import openai
import pytest

from optipath_cli.simulator import Outcome, Simulator
from support.figures import figures
from support.router import Files, Router, running
from support.soak import seconds
from support.speakers import SPEAKERS
from support.surfaces import END_MARKS, OPENINGS, SURFACES, Heard, hear
from support.vendors import FOREIGN, relay, relays

QUICK: dict[str, Any] = {"backoff_base_seconds": 0.01, "backoff_max_seconds": 0.02}
HOW = ("plain", "stream")
"""A model for each way to ask, as one that was busy is left alone."""
WELL = "openai/second"


def whole(heard: Heard, model: str) -> bool:
    """Whether an answer is one answer of this model's, from its beginning to its end."""
    seen = heard.seen
    assert (heard.status, heard.whole, heard.model) == (200, True, model)
    assert seen.text.startswith(f"I am {model}. ")
    assert (seen.ended, seen.error) == (True, None)
    return True


def once(surface: str, heard: Heard) -> bool:
    """Whether a stream has one opening event."""
    return heard.body.count(OPENINGS[surface]) == 1


async def both(router: Router, surface: str) -> tuple[Heard, Heard]:
    """The plain answer and the streamed one."""
    return await hear(router, surface), await hear(router, surface, streams=True)


@pytest.mark.case("U01")
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("vendor", FOREIGN)
async def test_a_provider_that_asks_for_patience_is_left_alone_in_any_dialect(
    vendor: str, surface: str, simulator: Simulator, files: Files
) -> None:
    simulator.map["main"] = "429-retry-info-20" if vendor == "gemini" else "429-retry-after-20"
    files.put(relay(simulator, f"{vendor}/main", WELL))
    async with running(files.settings()) as router:
        answers = [each for _ in range(3) for each in await both(router, surface)]
        record = await router.decision(answers[0].answer)
    assert all(whole(answer, "second") for answer in answers)
    assert simulator.stats.models["main"].count == 1
    assert record["attempts"][0]["retry_after_seconds"] == 20


FAILING = ("500", "502-html", "503-empty", "504-text", "529", "overloaded", "quota", "auth")


@pytest.mark.case("U05", "U03")
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("vendor", FOREIGN)
async def test_a_provider_that_fails_is_replaced_by_one_of_another_dialect(
    vendor: str, surface: str, simulator: Simulator, files: Files
) -> None:
    files.put(
        relays(simulator, {f"{how}-{fault}": (f"{vendor}/{how}+{fault}", WELL) for fault in FAILING for how in HOW})
    )
    async with running(files.settings()) as router:
        for fault in FAILING:
            plain = await hear(router, surface, model=f"plain-{fault}")
            stream = await hear(router, surface, model=f"stream-{fault}", streams=True)
            assert whole(plain, "second")
            assert whole(stream, "second")
            assert once(surface, stream)
            # Where an account is spent, none of its models is asked for a while.
            assert int(plain.answer.headers["x-optipath-attempts"]) <= 2
    assert simulator.stats.models[f"plain+{FAILING[0]}"].count == 1


@pytest.mark.case("U05")
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("vendor", FOREIGN)
async def test_a_provider_of_openais_that_fails_is_replaced_by_one_that_speaks_otherwise(
    vendor: str, surface: str, simulator: Simulator, files: Files
) -> None:
    simulator.map["main"] = "500"
    files.put(relay(simulator, "openai/main", f"{vendor}/second"))
    async with running(files.settings()) as router:
        assert all(whole(answer, "second") for answer in await both(router, surface))


@pytest.mark.case("U06")
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("vendor", FOREIGN)
async def test_a_refused_key_is_ours_and_not_the_apps_in_any_dialect(
    vendor: str, surface: str, simulator: Simulator, files: Files
) -> None:
    simulator.map["main"] = "auth"
    files.put(relay(simulator, f"{vendor}/main", keys=("acme",)))
    files.key("acme", "sk-canary-zebra", "127.0.0.1")
    async with running(files.settings()) as router:
        answers = await both(router, surface)
    for heard in answers:
        assert (heard.status, heard.answer.headers["x-should-retry"]) == (503, "false")
        assert json.loads(heard.body)["error"]["code"] == "provider_auth_error"
        assert not [part for part in (b"sk-ca", b"ebra", b"Incorrect", b"not valid") if part in heard.body]
    assert simulator.stats.count == 1


LONG = "word " * 150


@pytest.mark.case("U07")
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("vendor", FOREIGN)
async def test_a_prompt_that_is_too_long_goes_to_a_larger_model_of_another_dialect(
    vendor: str, surface: str, simulator: Simulator, files: Files
) -> None:
    simulator.map["main"] = "context-over-100"
    first = relay(simulator, f"{vendor}/main", WELL)
    sized = [
        target.model_copy(update={"context_window": window})
        for target, window in zip(first.targets, (8_000, 200_000), strict=True)
    ]
    files.put(first.model_copy(update={"targets": tuple(sized)}))
    async with running(files.settings()) as router:
        plain = await hear(router, surface, LONG)
        stream = await hear(router, surface, LONG, streams=True)
        record = await router.decision(plain.answer)
        assert whole(await hear(router, surface, "short"), "main")
    assert whole(plain, "second")
    assert whole(stream, "second")
    assert [attempt["outcome"] for attempt in record["attempts"]] == ["context_length", "ok"]


@pytest.mark.case("U07")
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("vendor", [*FOREIGN, "openai"])
async def test_where_no_model_is_larger_the_caller_reads_so_in_its_own_dialect(
    vendor: str, surface: str, simulator: Simulator, files: Files
) -> None:
    simulator.map["main"] = "context-over-100"
    files.put(relay(simulator, f"{vendor}/main"))
    async with running(files.settings()) as router:
        for streams in (False, True):
            heard = await hear(router, surface, LONG, streams=streams)
            told = json.loads(heard.body)
            assert heard.status == 400
            assert (told.get("type") == "error") == (surface == "messages")
            assert "maximum context length" in told["error"]["message"]
        assert whole(await hear(router, surface, "short"), "main")


@pytest.mark.case("U08")
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("vendor", ["anthropic", "gemini", "openai"])
async def test_what_a_filter_ended_is_passed_on_in_every_dialect(
    vendor: str, surface: str, simulator: Simulator, files: Files
) -> None:
    simulator.map["main"] = "content-filter"
    files.put(relay(simulator, f"{vendor}/main", WELL))
    async with running(files.settings()) as router:
        answers = [each for _ in range(4) for each in await both(router, surface)]
        simulator.map["main"] = "ok"
        assert whole(await hear(router, surface), "main")
    finish = {"chat": "content_filter", "messages": "refusal", "responses": "incomplete"}[surface]
    assert {(each.status, each.seen.finish, each.seen.error) for each in answers} == {(200, finish, None)}
    assert simulator.stats.models["second"].count == 0


@pytest.mark.case("U08")
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("vendor", ["anthropic", "gemini", "openai"])
async def test_what_a_model_declines_is_passed_on_in_every_dialect(
    vendor: str, surface: str, simulator: Simulator, files: Files
) -> None:
    simulator.map["main"] = "refusal"
    files.put(relay(simulator, f"{vendor}/main", WELL))
    async with running(files.settings()) as router:
        answers = await both(router, surface)
    for heard in answers:
        assert heard.status == 200
        assert "cannot help" in heard.seen.text + heard.seen.refusal
    assert simulator.stats.models["second"].count == 0


NO_ANSWERS = ("badjson", "empty", "error-200", "null", "wrong-type", "double-key+null", "bom+badjson")


@pytest.mark.case("B01")
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("vendor", FOREIGN)
async def test_what_is_no_answer_in_any_dialect_is_replaced_and_never_shown(
    vendor: str, surface: str, simulator: Simulator, files: Files
) -> None:
    rules = {f"{how}-{fault}": (f"{vendor}/{how}+{fault}", WELL) for fault in NO_ANSWERS for how in HOW}
    alone = {f"alone-{fault}": (f"{vendor}/alone+{fault}",) for fault in NO_ANSWERS}
    files.put(relays(simulator, rules | alone, resilience=QUICK))
    async with running(files.settings()) as router:
        for fault in NO_ANSWERS:
            assert whole(await hear(router, surface, model=f"plain-{fault}"), "second")
            assert whole(await hear(router, surface, model=f"stream-{fault}", streams=True), "second")
            failed = await hear(router, surface, model=f"alone-{fault}")
            assert (failed.status, json.loads(failed.body)["error"]["code"]) == (502, "all_attempts_failed")


@pytest.mark.case("B01")
@pytest.mark.parametrize("oddity", ["bom", "double-key"])
@pytest.mark.parametrize("vendor", FOREIGN)
async def test_what_is_odd_and_still_an_answer_is_told_in_any_dialect(
    vendor: str, oddity: str, simulator: Simulator, files: Files
) -> None:
    simulator.map["main"] = oddity
    files.put(relay(simulator, f"{vendor}/main", WELL))
    async with running(files.settings()) as router:
        for surface in SURFACES:
            heard = await hear(router, surface)
            assert (heard.status, heard.model) == (200, "main")
            assert heard.body.count(b"I am main. ") == 1


@pytest.mark.case("S01")
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("vendor", FOREIGN)
async def test_a_first_token_that_does_not_come_in_time_comes_in_another_dialect(
    vendor: str, surface: str, simulator: Simulator, outcomes: asyncio.Queue[Outcome], files: Files
) -> None:
    simulator.map["main"] = "slow-first-token-30"
    patience = seconds(2, 0.1)
    files.put(relay(simulator, f"{vendor}/main", WELL, resilience={"first_token_timeout_seconds": patience}))
    async with running(files.settings()) as router:
        heard = await hear(router, surface, streams=True)
    left = await outcomes.get()
    assert whole(heard, "second")
    assert once(surface, heard)
    assert (left.arrival.model, left.left, left.tokens) == ("main", "in-stream", 0)


CUT = ("reset-after-3", "close-after-3", "truncate-after-3", "error-in-stream-3", "stall-after-3")
"""Each with an answer that has more than these tokens."""


@pytest.mark.case("S03", "S04", "S05", "S09")
@pytest.mark.parametrize("fault", CUT)
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("vendor", [*FOREIGN, "openai"])
async def test_an_answer_that_breaks_off_ends_with_an_error_on_every_surface(
    vendor: str, surface: str, fault: str, simulator: Simulator, files: Files
) -> None:
    simulator.map["main"] = fault
    files.put(relay(simulator, f"{vendor}/main", WELL, resilience={"idle_timeout_seconds": 0.1}))
    async with running(files.settings()) as router:
        heard = await hear(router, surface, streams=True)
        record = await router.decision(heard.answer)
        told = await figures(router)
    assert (heard.status, heard.whole, heard.model) == (200, False, "main")
    assert once(surface, heard)
    assert not [mark for mark in END_MARKS if mark in heard.body]
    assert not heard.seen.ended
    assert heard.seen.error is not None
    assert "broke off" in heard.seen.error
    assert simulator.stats.count == 1
    assert (record["outcome"], record["status"], record["target"]) == ("cut", 200, f"{vendor}/main")
    assert record["usage"]["output_tokens"] >= 1
    assert told.by("outcome", "optipath_requests_total") == {"cut": 1}


@pytest.mark.case("S04", "S05", "S09")
@pytest.mark.parametrize("fault", ["reset-after-3", "truncate-after-3", "error-in-stream-3"])
@pytest.mark.parametrize("surface", SPEAKERS)
@pytest.mark.parametrize("vendor", [*FOREIGN, "openai"])
async def test_every_sdk_raises_where_an_answer_broke_off(
    vendor: str, surface: str, fault: str, simulator: Simulator, files: Files
) -> None:
    simulator.map["main"] = fault
    files.put(relay(simulator, f"{vendor}/main", WELL))
    heard: list[str] = []
    async with running(files.settings()) as router, SPEAKERS[surface](router) as caller:
        with pytest.raises((openai.APIError, anthropic.APIError, RuntimeError)) as raised:
            await caller.stream("Hello", heard)
    assert "".join(heard) == "I am main. "
    assert "broke off" in str(raised.value)
    assert simulator.stats.count == 1


@pytest.mark.case("S07")
@pytest.mark.parametrize("fault", ["error-in-stream-0", "truncate-after-0", "close-after-0"])
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("vendor", FOREIGN)
async def test_a_stream_that_begins_with_an_error_is_one_clean_answer_of_another_dialects(
    vendor: str, surface: str, fault: str, simulator: Simulator, files: Files
) -> None:
    simulator.map["main"] = fault
    files.put(relay(simulator, f"{vendor}/main", WELL))
    async with running(files.settings()) as router:
        heard = await hear(router, surface, streams=True)
    assert whole(heard, "second")
    assert once(surface, heard)


SHAPES = ("crlf", "cr", "nospace", "multiline-data", "ids", "bom", "byte-drip-0", "lf-flood-2", "chunk-extensions",
          "trailers", "close-delimited", "1xx", "multiline-data+crlf+ids+bom+byte-drip-0")  # fmt: skip


@pytest.mark.case("S11")
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("vendor", FOREIGN)
async def test_every_legal_way_to_write_a_stream_says_the_same_in_any_dialect(
    vendor: str, surface: str, simulator: Simulator, files: Files
) -> None:
    files.put(relay(simulator, f"{vendor}/main"))
    async with running(files.settings()) as router:
        plainly = await hear(router, surface, streams=True)
        assert whole(plainly, "main")
        for shape in SHAPES:
            simulator.map["main"] = shape
            shaped = await hear(router, surface, streams=True)
            assert shaped.seen == plainly.seen, shape
            assert (await router.decision(shaped.answer))["usage"]["estimated"] is False
