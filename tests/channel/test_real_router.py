"""A real router, asked by the operator's own asker: the two sides of the channel understand one another."""

from decimal import Decimal

import pytest

from optipath_cli.simulator import Simulator
from optipath_operator.channel.ask import Asker, Heard, Outcome
from optipath_operator.channel.token import Tokens, token_sha256
from optipath_operator.resources.health import Breaker, Health, LastError
from optipath_snapshot import Pricing, Snapshot, digest
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.router import Files, Router, running

DOLLAR = Pricing(input_per_mtok=Decimal(1), output_per_mtok=Decimal(2))


def token() -> str:
    tokens = Tokens()
    tokens.take(b"k" * 32)
    made = tokens.of("uid-of-team-a")
    assert made is not None
    return made


def with_local(simulator: Simulator) -> Snapshot:
    """A snapshot whose external provider fails, and whose local one serves in its place."""
    return snapshot(
        route("external/e500", "local/ok", models=["auto"]),
        providers=[provider(name, url=simulator.url) for name in ("external", "local")],
        targets=[target("external/e500", pricing=DOLLAR), target("local/ok", pricing=DOLLAR)],
        egress=LOOPBACK,
        status_token_sha256=token_sha256(token()),
    )


async def asked(router: Router, given: str) -> Heard:
    asker = Asker(at_once=1, port=router.bound.admin[0].port)
    try:
        return await asker("127.0.0.1", given)
    finally:
        await asker.close()


@pytest.mark.row("C07", "C24")
async def test_who_is_down_and_who_serves_is_understood(simulator: Simulator, files: Files) -> None:
    files.put(with_local(simulator))
    async with running(files.settings()) as router:
        for _ in range(6):
            assert (await router.ask()).headers["x-optipath-provider"] == "local"
        answer = (await asked(router, token())).answer
    assert answer is not None
    assert answer.digest == digest(with_local(simulator))
    external, local = answer.targets["external", "e500"], answer.targets["local", "ok"]
    assert (external.health, external.breaker, external.error) == (Health.DOWN, Breaker.OPEN, LastError.SERVER_ERROR)
    assert (local.health, local.breaker, local.error) == (Health.HEALTHY, Breaker.CLOSED, None)
    assert answer.spend["local"] > 0
    assert answer.age_seconds <= answer.uptime_seconds


async def test_another_namespaces_token_is_refused(simulator: Simulator, files: Files) -> None:
    files.put(with_local(simulator))
    async with running(files.settings()) as router:
        assert await asked(router, "of-another-namespace") == Heard(Outcome.REFUSED)
