"""GET /status: for whoever has the namespace's token, and for nobody else."""

import json
from decimal import Decimal
from hashlib import sha256

import httpx
import pytest
from starlette.requests import Request

from optipath_cli.simulator import Simulator
from optipath_router.account import Account, Decisions, Spending
from optipath_router.api.status import Status
from optipath_router.call.health import Healths
from optipath_router.credentials import NO_KEYS
from optipath_router.errors import Outcome
from optipath_router.live import Live
from optipath_router.runtime import Runtime, Shared, build
from optipath_router.telemetry.metrics import Metrics
from optipath_snapshot import Pricing, Snapshot, digest
from support.builders import LOOPBACK, provider, route, snapshot, snapshot_file, target
from support.clock import Clock
from support.router import Files, Router, chain, running

TOKEN = "a-token-of-the-operator's"
HASH = sha256(TOKEN.encode()).hexdigest()
DOLLAR = Pricing(input_per_mtok=Decimal(1), output_per_mtok=Decimal(2))


def two(simulator: Simulator) -> Snapshot:
    """A snapshot of a target that always fails, one whose prices are known, and one that nobody is sent to."""
    providers = [provider(name, url=simulator.url) for name in ("dear", "cheap", "idle")]
    targets = [target("dear/e500", pricing=DOLLAR), target("cheap/ok", pricing=DOLLAR), target("idle/ok")]
    rule = route("dear/e500", "cheap/ok", models=["auto"])
    return snapshot(rule, providers=providers, targets=targets, egress=LOOPBACK, status_token_sha256=HASH)


async def status(router: Router, authorization: str = f"Bearer {TOKEN}") -> httpx.Response:
    return await router.http.get(f"{router.admin}/status", headers={"authorization": authorization})


@pytest.mark.row("C24")
async def test_it_tells_what_is_in_force_how_targets_stand_and_what_they_took(
    simulator: Simulator, files: Files
) -> None:
    files.put(two(simulator), generation=7)
    async with running(files.settings()) as router:
        for _ in range(6):
            await router.ask()
        told = (await status(router)).json()
    assert (told["digest"], told["generation"]) == (digest(two(simulator)), 7)
    assert 0 <= told["age_seconds"] <= told["uptime_seconds"]
    assert set(told["targets"]) == {"dear/e500", "cheap/ok"}, "what was never tried is not told of"
    failed, served = told["targets"]["dear/e500"], told["targets"]["cheap/ok"]
    assert (failed["breaker"], failed["obstacle"], failed["last_error"]) == ("open", "breaker_open", "server_error")
    assert failed["attempts"] == failed["failures"] == 5
    assert failed["last_success_seconds"] is None
    assert (served["breaker"], served["obstacle"], served["last_error"]) == ("closed", None, None)
    assert (served["attempts"], served["failures"]) == (6, 0)
    assert served["measured"]["answers"] == 6
    spend = served["spend"]
    assert spend["attempts"] == 6
    assert Decimal(spend["dollars"]) == Decimal(spend["input_tokens"] + 2 * spend["output_tokens"]) / 1_000_000 > 0
    assert told["spend"]["cheap"] == spend
    assert "dear" not in told["spend"], "a refusal costs nothing"


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer x", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, f"Bearer {HASH}", "Bearer \xfc"],
)
@pytest.mark.case("X09")
async def test_without_the_token_nothing_is_told(authorization: str, simulator: Simulator, files: Files) -> None:
    files.put(two(simulator))
    async with running(files.settings()) as router:
        answer = await router.http.get(
            f"{router.admin}/status", headers={b"authorization": authorization.encode("latin-1")}
        )
    assert (answer.status_code, answer.text) == (401, "unauthorized\n")


async def test_shut_and_refused_look_the_same(simulator: Simulator, files: Files) -> None:
    async with running(files.settings()) as router:
        empty = await status(router)
    files.put(chain(simulator.url, "ok"))
    async with running(files.settings()) as router:
        shut = await status(router)
        no_hash = await status(router, "Bearer no hash of anything")
    files.put(two(simulator))
    async with running(files.settings()) as router:
        refused = await status(router, "Bearer wrong")
    answers = [empty, shut, no_hash, refused]
    assert {(each.status_code, each.text) for each in answers} == {(401, "unauthorized\n")}
    assert len({tuple(sorted(({**each.headers, "date": ""}).items())) for each in answers}) == 1


async def test_it_is_not_on_the_port_of_the_app(simulator: Simulator, files: Files) -> None:
    files.put(two(simulator))
    async with running(files.settings()) as router:
        answer = await router.http.get(f"{router.url}/status", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 404


async def test_a_new_token_holds_with_the_snapshot_that_brings_it(simulator: Simulator, files: Files) -> None:
    files.put(two(simulator).model_copy(update={"status_token_sha256": sha256(b"new").hexdigest()}))
    async with running(files.settings()) as router:
        assert (await status(router)).status_code == 401
        assert (await status(router, "bearer new")).status_code == 200


async def test_neither_keys_nor_what_a_provider_said_are_told(simulator: Simulator, files: Files) -> None:
    files.key("p1", "sk-secret-value", "127.0.0.1")
    made = chain(simulator.url, "e401", keys=("p1",)).model_copy(update={"status_token_sha256": HASH})
    files.put(made)
    async with running(files.settings()) as router:
        await router.ask(text="a prompt of somebody's")
        answer = await status(router)
    assert answer.json()["targets"]["p1/e401"]["last_error"] == "auth"
    for word in ("sk-secret", "prompt", TOKEN, HASH):
        assert word not in answer.text


async def test_a_target_that_is_gone_is_told_of_no_more_and_its_provider_keeps_the_sum(
    simulator: Simulator, files: Files
) -> None:
    files.put(two(simulator))
    async with running(files.settings()) as router:
        await router.ask()
        before = (await status(router)).json()["spend"]["cheap"]
        less = [target("cheap/other")]
        files.put(
            snapshot(
                providers=[provider("cheap", url=simulator.url)],
                targets=less,
                egress=LOOPBACK,
                status_token_sha256=HASH,
            ),
            generation=2,
        )
        while (told := (await status(router)).json())["generation"] != 2:
            pass
    assert told["targets"] == {}
    assert told["spend"] == {"cheap": before}


async def test_an_answer_is_bounded_and_tells_first_of_those_in_trouble() -> None:
    clock = Clock()
    healths = Healths(clock, lambda: 0.0, lambda: NO_KEYS)
    names = [f"acme/{'ü' * 240}{number:04}" for number in range(2000)]
    many = [target(name) for name in names]
    healths.limits([provider("acme")])
    healths.keep(many)
    for each in many:
        outcome = Outcome.OK if each is not many[-1] else Outcome.TIMEOUT
        probe = healths.begin(each)
        healths.end(each, None, outcome, probe=probe, seconds=1, first_content_seconds=None, wait_seconds=None)
    of = snapshot(providers=[provider("acme")], targets=many, status_token_sha256=HASH)
    runtime = Live[Runtime | None](build(snapshot_file(of), {}, shared(healths, clock)))
    headers = [(b"authorization", f"Bearer {TOKEN}".encode())]
    answer = await Status(runtime, healths, Spending(), clock).get(Request({"type": "http", "headers": headers}))
    assert len(answer.body) < 256 * 1024
    told = json.loads(bytes(answer.body))
    assert next(iter(told["targets"])) == names[-1]
    assert told["targets_left_out"] == 2000 - len(told["targets"]) > 0


def shared(healths: Healths, clock: Clock) -> Shared:
    account = Account(Decisions(), lambda _request, _record: None, now=clock, wall=clock)
    return Shared(Live(NO_KEYS), account, Metrics(), clock, healths)
