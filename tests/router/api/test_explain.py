"""POST /optipath/explain."""

from decimal import Decimal

import pytest

from optipath_cli.simulator import Simulator
from optipath_snapshot import Balanced, RoundRobin
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.ranking import priced, quality
from support.requests import body
from support.router import Files, Router, running

JSON = {"content-type": "application/json"}
EVEN = Balanced(cost=Decimal("0.5"), quality=Decimal("0.5"))


async def explained(router: Router, content: bytes, **query: str) -> tuple[int, dict[str, object]]:
    answer = await router.http.post(f"{router.url}/optipath/explain", content=content, headers=JSON, params=query)
    return answer.status_code, answer.json()


@pytest.mark.row("A19", "B28", "A02")
async def test_a_request_is_explained_as_it_is_decided_and_nobody_is_called(files: Files) -> None:
    async with Simulator() as simulator:
        targets = [
            target("acme/ok", pricing=priced("1", "1"), quality=quality("0.6")),
            target("acme/ok-strong", pricing=priced("1.1", "1.1"), quality=quality("0.9")),
        ]
        made = route("acme/ok", "acme/ok-strong", strategy=EVEN)
        files.put(snapshot(made, targets=targets, providers=[provider("acme", url=simulator.url)], egress=LOOPBACK))
        async with running(files.settings()) as router:
            status, told = await explained(router, body("auto"), why_not="acme/ok")
            assert status == 200
            assert "optipath_attempts_total{" not in (await router.get("/metrics")).text
            decision = (await router.decision(await router.ask("auto")))["decision"]
    same = ("model", "basis", "policy", "rule", "strategy", "ranking", "scored", "snapshot")
    assert {name: told[name] for name in same} == {name: decision[name] for name in same}
    assert told["ranking"] == ["acme/ok-strong", "acme/ok"]
    assert told["why_not"]["because"][0] == "it comes 2nd of 2, after acme/ok-strong"  # type: ignore[index]  # it is JSON


@pytest.mark.row("E17", "A10")
async def test_what_was_predicted_is_compared_with_what_came(files: Files) -> None:
    async with Simulator() as simulator:
        targets = [target("acme/ok", pricing=priced("1", "1"))]
        made = route("acme/ok", strategy=Balanced(cost=Decimal("0.5"), latency=Decimal("0.5")))
        files.put(snapshot(made, targets=targets, providers=[provider("acme", url=simulator.url)], egress=LOOPBACK))
        async with running(files.settings()) as router:
            answers = [await router.ask("auto") for _ in range(6)]
            decision = (await router.decision(answers[-1]))["decision"]
            text = (await router.get("/metrics")).text
    parts = {part["name"]: part for part in decision["scored"][0]["parts"]}
    assert parts["latency"]["source"] == "measured"
    assert decision["measured"]["acme/ok"]["answers"] == 5
    for part, source, count in (("cost", "prices", 6), ("latency", "prior", 5), ("latency", "measured", 1)):
        labels = f'gen_ai_provider_name="acme",gen_ai_request_model="ok",part="{part}",source="{source}"'
        assert f"optipath_prediction_ratio_count{{{labels}}} {count}.0" in text


async def test_explaining_takes_no_turn(files: Files) -> None:
    files.put(snapshot(route("acme/a", "acme/b", strategy=RoundRobin())))
    async with running(files.settings()) as router:
        first = [(await explained(router, body("auto")))[1]["ranking"] for _ in range(3)]
    assert first == [["acme/a", "acme/b"]] * 3


async def test_what_is_no_chat_request_is_refused_as_there(files: Files) -> None:
    files.put(snapshot(route("acme/a")))
    async with running(files.settings()) as router:
        status, told = await explained(router, b"{")
    assert status == 400
    assert told["error"]["code"] == "invalid_request"  # type: ignore[index]  # it is JSON


async def test_without_a_snapshot_there_is_nothing_to_explain(files: Files) -> None:
    async with running(files.settings()) as router:
        status, told = await explained(router, body("auto"))
    assert status == 503
    assert told["error"]["code"] == "config_unavailable"  # type: ignore[index]  # it is JSON
