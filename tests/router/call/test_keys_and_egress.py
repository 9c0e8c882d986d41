"""What must not be sent is not sent: keys to foreign hosts, anything to addresses that nobody admitted."""

import json
import logging
import socket

import pytest

from optipath_cli.simulator import Simulator
from optipath_cli.simulator.request import fingerprint
from optipath_snapshot import Egress, EgressRule
from support.router import Files, asked, chain, running


async def test_the_key_is_the_tenants_and_the_callers_own_is_dropped(simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, "ok", keys=("acme",)))
    files.key("acme", "  sk-tenant\n", "127.0.0.1")
    async with running(files.settings()) as router:
        headers = {"authorization": "Bearer sk-callers", "x-api-key": "sk-callers", "cookie": "a=b", "x-team": "t"}
        answer = await router.http.post(f"{router.url}/v1/chat/completions", json=asked(), headers=headers)
    assert answer.status_code == 200
    assert list(simulator.stats.keys) == [fingerprint("sk-tenant")]
    sent = {name.lower() for name, _ in simulator.stats.arrivals[0].headers}
    assert sent <= {
        "host",
        "content-type",
        "accept",
        "accept-encoding",
        "user-agent",
        "authorization",
        "content-length",
    }


@pytest.mark.case("U06", "X05")
async def test_a_provider_that_quotes_the_key_is_not_quoted(simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, "auth", keys=("acme",)))
    files.key("acme", "sk-canary-zebra", "127.0.0.1")
    async with running(files.settings()) as router:
        answer = await router.ask()
        record = await router.decision(answer)
        metrics = (await router.get("/metrics")).text
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "provider_auth_error"
    assert answer.headers["x-should-retry"] == "false"
    assert answer.headers["retry-after"] == "60"
    told = answer.text + str(answer.headers) + json.dumps(record) + metrics
    assert not [part for part in ("sk-ca", "ebra", "Incorrect API key") if part in told]


@pytest.mark.case("X03")
async def test_a_host_that_the_secret_does_not_name_gets_no_request(simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, "ok", keys=("acme",)))
    files.key("acme", "sk-canary", "elsewhere.example")
    async with running(files.settings()) as router:
        answer = await router.ask()
        record = await router.decision(answer)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "provider_auth_error")
    assert record["passed_over"][0]["reason"] == "credential_host_mismatch"
    assert simulator.stats.count == 0


@pytest.mark.case("X01")
@pytest.mark.parametrize(
    "egress",
    [
        Egress(),
        Egress(allow=(EgressRule(host="127.0.0.1"),)),
        Egress(allow=(EgressRule(host="10.0.0.1", plaintext=True),)),
    ],
    ids=["nothing admitted", "plain http not admitted", "another host admitted"],
)
async def test_an_address_that_is_not_admitted_gets_no_request(
    egress: Egress, simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, "ok", egress=egress))
    async with running(files.settings()) as router:
        answer = await router.ask()
        record = await router.decision(answer)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "all_attempts_failed")
    assert record["attempts"][0]["outcome"] == "egress_denied"
    assert simulator.stats.count == 0


@pytest.mark.case("X01")
async def test_a_public_name_of_a_private_address_gets_no_request(
    simulator: Simulator, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for = []

    def resolve(host: str, port: int, **_: object) -> list[object]:
        asked_for.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    files.put(chain(f"https://public.example:{simulator.port}/v1", "ok"))
    async with running(files.settings()) as router:
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        request = router.http.build_request("POST", f"{router.url}/v1/chat/completions", json=asked())
        answer = await router.http.send(request)
        monkeypatch.undo()
        record = await router.decision(answer)
    assert "public.example" in asked_for
    assert record["attempts"][0]["outcome"] == "egress_denied"
    assert simulator.stats.count == 0


@pytest.mark.case("U03")
async def test_a_spent_key_is_backed_up_by_the_next(simulator: Simulator, files: Files) -> None:
    simulator.accept_keys = {"sk-good"}
    files.put(chain(simulator.url, "ok", keys=("bad", "good")))
    files.key("bad", "sk-bad", "127.0.0.1")
    files.key("good", "sk-good", "127.0.0.1")
    async with running(files.settings()) as router:
        answer = await router.ask()
        record = await router.decision(answer)
    assert answer.status_code == 200
    assert (answer.headers["x-optipath-attempts"], answer.headers["x-optipath-failover"]) == ("2", "false")
    assert [(attempt["key"], attempt["outcome"]) for attempt in record["attempts"]] == [("bad", "auth"), ("good", "ok")]


@pytest.mark.row("B08")
@pytest.mark.parametrize("status", [400, 422])
async def test_a_refusal_is_passed_on_with_one_call(status: int, simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, f"e{status}", "ok"))
    async with running(files.settings()) as router:
        answer = await router.ask()
        own = await router.http.post(f"{simulator.url}/chat/completions", json=asked(f"e{status}"))
    assert answer.status_code == status
    assert answer.content == own.content
    assert answer.headers["content-type"] == own.headers["content-type"]
    assert "x-request-id" not in answer.headers
    assert simulator.stats.models["ok"].count == 0


@pytest.mark.row("B08")
async def test_fields_that_we_do_not_know_survive_to_the_letter(simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, "ok"))
    body = (
        b'{"x":1.50,"model": "auto","y":{"b":"\\u00e4","a":[ 1,2 ]},'
        b'"messages":[{"role":"user","content":"Hi","z":null}]}'
    )
    async with running(files.settings()) as router:
        answer = await router.http.post(
            f"{router.url}/v1/chat/completions", content=body, headers={"content-type": "application/json"}
        )
    assert answer.status_code == 200
    sent = simulator.stats.bodies[0]
    for part in (b'"x":1.50', b'{"b":"\\u00e4","a":[ 1,2 ]}', b'[{"role":"user","content":"Hi","z":null}]'):
        assert part in sent
    assert json.loads(sent) == json.loads(body) | {"model": "ok"}


FAULTS = ("auth", "quota", "e403", "e404", "e429", "e500", "e503", "badjson", "cut-after-3", "error-in-stream-3", "ok")


@pytest.mark.case("X05")
@pytest.mark.parametrize("stream", [False, True])
async def test_neither_key_nor_prompt_is_told_whatever_goes_wrong(
    *, stream: bool, simulator: Simulator, files: Files, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("optipath_router", "uvicorn"):
        caplog.set_level(logging.DEBUG, name)
    files.put(chain(simulator.url, *FAULTS, keys=("acme",)))
    files.key("acme", "sk-canary-zebra", "127.0.0.1")
    told = []
    async with running(files.settings()) as router:
        for fault in FAULTS:
            answer = await router.stream(fault, "the prompt's canary") if stream else None
            head = answer.answer if answer else await router.ask(fault, "the prompt's canary")
            told += [str(head.headers), str(answer.events) if answer else head.text]
            told.append(json.dumps(await router.decision(head)))
        told += [(await router.get(path)).text for path in ("/metrics", "/snapshot")]
    told += [str(vars(record)) for record in caplog.records]
    assert not [said for said in told if "sk-can" in said or "ebra" in said or "canary" in said]
    assert not [said for said in told if "The model name asks" in said or "broke off, as its" in said]
