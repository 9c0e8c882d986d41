"""The HTTP surface: OpenAI's error shape everywhere, names of models, request ids, decisions, probes."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator

import httpx
import pytest

from optipath_cli.simulator import Simulator
from optipath_router.settings import Address
from optipath_snapshot import Boundary, Match, Modalities, PolicyRef
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.router import Files, Router, asked, chain, running

LOST = "http://127.0.0.1:9/v1"
JSON = {"content-type": "application/json"}


def error(answer: httpx.Response) -> dict[str, str | None]:
    """The error in an answer, which has OpenAI's shape and nothing else in it."""
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert list(body) == ["error"]
    assert set(body["error"]) == {"message", "type", "param", "code"}
    return dict(body["error"])


async def post(router: Router, content: bytes, path: str = "/v1/chat/completions", **headers: str) -> httpx.Response:
    return await router.http.post(router.url + path, content=content, headers={**JSON, **headers})


BAD = {
    "nothing": b"",
    "no JSON": b"{",
    "not an object": b"[]",
    "no model": b'{"messages":[]}',
    "an empty model": b'{"model":"","messages":[]}',
    "no messages": b'{"model":"auto"}',
    "a wrong type": b'{"model":7,"messages":[]}',
    "a wrong type inside": b'{"model":"auto","messages":[{"role":7}]}',
    "stream is no truth": b'{"model":"auto","messages":[],"stream":"yes"}',
    "no UTF-8": b'{"model":"\xff","messages":[]}',
    "too deep": b'{"model":"auto","messages":' + b"[" * 100_000,
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
async def test_a_body_that_is_no_request_is_refused_without_a_call(
    body: bytes, simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, "ok"))
    async with running(files.settings()) as router:
        answer = await post(router, body)
    assert answer.status_code == 400
    assert (error(answer)["type"], error(answer)["code"]) == ("invalid_request_error", "invalid_request")
    assert answer.headers["x-should-retry"] == "false"
    assert simulator.stats.count == 0


@pytest.mark.case("D05")
async def test_a_body_that_says_it_is_too_long_is_refused_at_once(files: Files) -> None:
    files.put(chain(LOST, "ok"))
    async with running(files.settings()) as router:
        address = router.bound.api[0]
        with socket.create_connection((address.host, address.port)) as raw:
            raw.settimeout(0)
            raw.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 34603008\r\n\r\n{")
            head = await wait_for(raw)
    assert head.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"request_too_large"' in head


async def wait_for(raw: socket.socket) -> bytes:
    """What a socket receives up to the end of an error object."""
    received = b""
    while not received.endswith(b"}}"):
        received += await asyncio.get_running_loop().sock_recv(raw, 65536)
    return received


@pytest.mark.case("D05")
async def test_a_body_that_turns_out_too_long_is_refused(files: Files) -> None:
    files.put(chain(LOST, "ok"))

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(33):
            yield b"x" * 2**20

    async with running(files.settings()) as router:
        answer = await router.http.post(f"{router.url}/v1/chat/completions", content=pieces(), headers=JSON)
        after = await router.http.get(f"{router.url}/v1/models")
    assert (answer.status_code, error(answer)["code"]) == (413, "request_too_large")
    assert after.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("POST", "/v1/images/generations", 404),
        ("POST", "/v1/chat/completions/", 404),
        ("GET", "/v1/chat/completions", 405),
        ("DELETE", "/v1/models", 405),
        ("GET", "/optipath/decisions/", 404),
        ("GET", "/metrics", 404),
    ],
)
async def test_other_paths_and_methods_are_refused_in_openais_shape(
    method: str, path: str, status: int, files: Files
) -> None:
    async with running(files.settings()) as router:
        answer = await router.http.request(method, router.url + path, headers=JSON)
        assert (await router.get("/v1/models")).status_code == 404
    assert answer.status_code == status
    assert error(answer)["code"] == "not_found"
    assert path in str(error(answer)["message"])
    assert ("allow" in answer.headers) == (status == 405)


async def test_a_mistake_of_ours_is_told_without_its_words(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("canary")

    monkeypatch.setattr("optipath_router.runtime.features", broken)
    files.put(chain(LOST, "ok"))
    async with running(files.settings()) as router:
        answer = await router.ask()
    assert (answer.status_code, error(answer)["code"]) == (500, "internal_error")
    assert "canary" not in answer.text


@pytest.mark.row("B06")
async def test_models_are_listed_and_found_by_names_with_slashes(files: Files) -> None:
    targets = [target("acme/org/big"), target("acme/small"), target("other/small")]
    rule = route("acme/small", models=["team-*", "smart"])
    files.put(snapshot(rule, targets=targets, providers=[provider("acme"), provider("other")], egress=LOOPBACK))
    async with running(files.settings()) as router:
        every = (await router.http.get(f"{router.url}/v1/models")).json()
        one = await router.http.get(f"{router.url}/v1/models/org/big")
        none = await router.http.get(f"{router.url}/v1/models/team-a")
    assert every["object"] == "list"
    assert {model["id"]: model["owned_by"] for model in every["data"]} == {
        "org/big": "acme",
        "small": "acme,other",
        "smart": "optipath",
        **dict.fromkeys(("auto", "balanced", "eco", "premium"), "optipath"),
    }
    assert one.json() == {"id": "org/big", "object": "model", "created": 0, "owned_by": "acme"}
    assert (none.status_code, error(none)["code"], error(none)["param"]) == (404, "model_not_found", "model")


async def test_a_model_that_nobody_serves_is_told_with_its_neighbours(files: Files) -> None:
    files.put(chain(LOST, "gpt-5-mini"))
    async with running(files.settings()) as router:
        answer = await router.ask("gpt-5-mine")
    assert (answer.status_code, error(answer)["code"], error(answer)["param"]) == (404, "model_not_found", "model")
    assert "gpt-5-mini" in str(error(answer)["message"])


async def test_a_request_that_no_target_can_serve_says_why(files: Files) -> None:
    small = target("acme/small", context_window=10)
    files.put(snapshot(route("acme/small", models=["auto"]), targets=[small]))
    async with running(files.settings()) as router:
        answer = await router.ask(text="x" * 400)
    assert (answer.status_code, error(answer)["code"]) == (400, "no_eligible_target")
    assert "acme/small" in str(error(answer)["message"])


@pytest.mark.row("B05")
async def test_a_total_outage_is_a_clean_503_that_says_when_to_come_back(simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, "503-retry-after-7", "503-retry-after-3+x"))
    async with running(files.settings()) as router:
        answer = await router.ask(stream=True)
    assert (answer.status_code, error(answer)["code"]) == (503, "all_attempts_failed")
    assert (answer.headers["retry-after"], answer.headers["x-should-retry"]) == ("3", "false")
    assert "simulator" not in answer.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [("req-1", True), ("x" * 128, True), ("x" * 129, False), ("a b", False), ("ä", False), ("", False)],
)
async def test_a_request_id_is_echoed_if_it_is_a_decent_one(
    *, given: str, kept: bool, simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, "ok"))
    async with running(files.settings()) as router:
        headers = {b"x-request-id": given.encode()}
        answer = await router.http.post(f"{router.url}/v1/chat/completions", json=asked(), headers=headers)
    said = answer.headers["x-optipath-request-id"]
    assert said == given if kept else said == answer.headers["x-optipath-decision"]


@pytest.mark.row("B28", "A18")
@pytest.mark.parametrize("stream", [False, True])
async def test_every_answer_names_a_decision_that_explains_it(
    *, stream: bool, simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, "e500", "ok"), generation=7)
    async with running(files.settings()) as router:
        answer = await router.ask(stream=stream)
        record = await router.decision(answer)
        none = await router.http.get(f"{router.url}/optipath/decisions/{'0' * 32}")
    assert answer.headers["x-optipath-policy"] == "team-a/policy@1"
    assert answer.headers["x-optipath-provider"] == "p2"
    assert re.fullmatch("[0-9a-f]{32}", record["id"])
    assert (record["target"], record["status"], record["outcome"], record["streamed"]) == ("p2/ok", 200, "ok", stream)
    assert record["decision"]["ranking"] == ["p1/e500", "p2/ok"]
    assert record["decision"]["rules"] == [{"policy": "team-a/policy@1", "rule": "rule", "matched": True, "failed": ""}]
    assert (none.status_code, error(none)["code"]) == (404, "not_found")


async def test_probes_metrics_and_snapshot_are_on_the_other_port(files: Files) -> None:
    files.put(chain(LOST, "ok"), generation=7)
    async with running(files.settings()) as router:
        for probe in ("/livez", "/readyz", "/startupz"):
            assert (await router.get(probe)).text == "ok\n"
        seen = (await router.get("/snapshot")).json()
        metrics = await router.get("/metrics")
        assert (await router.get("/v1/chat/completions")).status_code == 404
    assert (seen["generation"], seen["digest"][:7]) == (7, "sha256:")
    assert seen["age_seconds"] >= 0
    assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "optipath_snapshot_generation 7.0" in metrics.text


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as one:
            one.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
async def test_both_ports_are_served_over_both_protocols(simulator: Simulator, files: Files) -> None:
    both = (Address("127.0.0.1", 0), Address("::1", 0, optional=True))
    files.put(chain(simulator.url, "ok"))
    async with running(files.settings(listen=both, admin=both)) as router:
        for api in router.bound.api:
            answer = await router.http.post(f"http://{api}/v1/chat/completions", json=asked())
            assert answer.status_code == 200
        for admin in router.bound.admin:
            assert (await router.http.get(f"http://{admin}/livez")).status_code == 200
    assert [":" in each.host for each in (*router.bound.api, *router.bound.admin)] == [False, True] * 2


async def test_an_address_that_is_missing_is_passed_over_if_it_may_be(files: Files) -> None:
    nobodys = Address("192.0.2.1", 0, optional=True)
    async with running(files.settings(listen=(Address("127.0.0.1", 0), nobodys))) as router:
        assert len(router.bound.api) == 1
        assert json.loads((await router.http.get(router.url)).text)


async def test_what_a_data_boundary_keeps_from_every_target_is_refused_with_the_reason(
    simulator: Simulator, files: Files
) -> None:
    policy = PolicyRef(namespace="team-a", name="guard", generation=1)
    guard = Boundary(policy=policy, name="nearby", sensitivity=("PII",), locality="Cluster")
    files.put(chain(simulator.url, "ok", boundaries=(guard,)))
    async with running(files.settings()) as router:
        await router.ask("ok")
        assert simulator.stats.count == 1
        for model in ("auto", "ok"):
            answer = await router.ask(model, messages=[{"role": "user", "content": "Write to jane.doe@example.com"}])
            assert (answer.status_code, error(answer)["code"]) == (403, "data_boundary")
            assert answer.headers["x-should-retry"] == "false"
            told = error(answer)["message"] or ""
            assert "jane" not in told
            assert "p1/ok: boundary 'nearby' of team-a/guard@1: provider 'p1' is not in the cluster" in told
            decision = (await router.decision(answer))["decision"]
            assert [(each["target"], each["reason"]) for each in decision["left_out"]] == [("p1/ok", "data_boundary")]
            assert decision["boundaries"][0]["boundary"] == "nearby"
    assert simulator.stats.count == 1


async def test_an_image_where_only_text_may_go_matches_no_rule_for_text(simulator: Simulator, files: Files) -> None:
    both = chain(simulator.url, "ok")
    pictures = Match(models=("draw",), conditions=(Modalities(words=("Image",)),))
    rules = (both.routes[0].model_copy(update={"match": pictures}),)
    files.put(both.model_copy(update={"routes": rules}))
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    async with running(files.settings()) as router:
        plain = await router.ask("draw")
        pictured = await router.ask("draw", messages=[{"role": "user", "content": [image]}])
        assert (plain.status_code, pictured.status_code) == (404, 200)
        assert (await router.decision(plain))["decision"]["rules"][0]["failed"] == "modalities: there is none of Image"
        assert (await router.decision(pictured))["decision"]["features"]["modalities"] == ["Image", "Text"]
