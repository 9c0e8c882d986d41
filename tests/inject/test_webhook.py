"""The injector over TLS, as the API server meets it."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from optipath_operator.inject import webhook
from optipath_operator.inject.body import MAX_BYTES
from support.certificates import Authority
from support.injector import POD, Injector, injector, patched, review
from support.kubelet import Volume
from support.router import until


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
def volume(tmp_path: Path, authority: Authority) -> Volume:
    volume = Volume(tmp_path / "tls")
    volume.write(authority.pair().files)
    return volume


@pytest.fixture
async def running(volume: Volume, authority: Authority) -> AsyncIterator[Injector]:
    async with injector(volume.path, authority) as running:
        yield running


@pytest.mark.case("W02")
async def test_a_pod_gets_its_router_and_a_second_review_leaves_it_alone(running: Injector) -> None:
    async with running.client() as client:
        first = await client.post("/mutate?timeout=5s", json=review(POD))
        assert first.json()["apiVersion"] == "admission.k8s.io/v1"
        assert first.json()["response"]["uid"] == review(POD)["request"]["uid"]
        assert first.json()["response"]["patchType"] == "JSONPatch"
        pod = patched(POD, first)
        assert pod["spec"]["initContainers"][0]["name"] == "optipath-router"
        again = await client.post("/mutate", json=review(pod))
        assert "patch" not in again.json()["response"]
    assert (await running.counted("injected"), await running.counted("already")) == (1, 1)


async def test_the_same_pod_gets_the_same_bytes(running: Injector) -> None:
    async with running.client() as client:
        answers = {(await client.post("/mutate", json=review(POD))).content for _ in range(3)}
    assert len(answers) == 1


@pytest.mark.case("W02")
async def test_a_clash_is_refused_with_its_reason(running: Injector) -> None:
    pod = {**POD, "spec": {**POD["spec"], "hostNetwork": True}}
    async with running.client() as client:
        answer = await client.post("/mutate", json=review(pod, dryRun=True))
    response = answer.raise_for_status().json()["response"]
    assert (response["allowed"], response["status"]["code"]) == (False, 422)
    assert "hostNetwork" in response["status"]["message"]
    assert await running.counted("refused") == 1


async def test_a_warning_is_passed_on(running: Injector) -> None:
    pod = {**POD, "metadata": {"name": "chat", "annotations": {"optipath.io/enw": "openai"}}}
    async with running.client() as client:
        answer = await client.post("/mutate", json=review(pod))
    assert "optipath.io/env" in answer.json()["response"]["warnings"][0]


async def test_a_pod_that_has_opted_out_is_allowed_as_it_is(running: Injector) -> None:
    pod = {**POD, "metadata": {"name": "chat", "labels": {"optipath.io/inject": "disabled"}}}
    async with running.client() as client:
        response = (await client.post("/mutate", json=review(pod))).json()["response"]
    assert response == {"uid": review(pod)["request"]["uid"], "allowed": True}
    assert await running.counted("opted_out") == 1


NONSENSE = {
    "nothing": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe{}",
    "null": b"null",
    "a list": b"[]",
    "another kind": json.dumps({**review(POD), "kind": "ConversionReview"}).encode(),
    "another version": json.dumps({**review(POD), "apiVersion": "admission.k8s.io/v1beta1"}).encode(),
    "no request": json.dumps({**review(POD), "request": None}).encode(),
    "no uid": json.dumps(review(POD, uid="")).encode(),
    "another resource": json.dumps(review(POD, kind={"group": "apps", "version": "v1", "kind": "Deployment"})).encode(),
    "a part of a pod": json.dumps(review(POD, subResource="ephemeralcontainers")).encode(),
    "an update": json.dumps(review(POD, operation="UPDATE")).encode(),
    "a deletion": json.dumps(review(None, operation="DELETE")).encode(),
    "no pod": json.dumps(review(None)).encode(),
    "no containers": json.dumps(review({"metadata": {}, "spec": {"containers": "app"}})).encode(),
    "a number for a name": json.dumps(review({"metadata": {}, "spec": {"containers": [{"name": 1}]}})).encode(),
    "a deep list": b"[" * 1_000_000,
    "deep objects": b'{"a":' * 500_000,
    "a wide list": b'[{"":0}' + b',{"":0}' * 500_000 + b"]",
    "a long number": b"9" * 1_000_000,
}


@pytest.mark.case("W05")
async def test_nonsense_is_told_so_and_nothing_of_it_is_repeated(running: Injector) -> None:
    async with running.client() as client:
        answers = {name: await client.post("/mutate", content=body) for name, body in NONSENSE.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(NONSENSE, 400)
    assert [answer.text for answer in answers.values() if len(answer.text) > 150] == []
    assert await running.counted("malformed") == len(NONSENSE)
    assert await running.counted("failed") == 0


@pytest.mark.case("W05")
async def test_a_body_that_says_how_long_it_is_is_refused_before_it_has_come(running: Injector) -> None:
    reader, writer = await asyncio.open_connection("localhost", running.reviews, ssl=running.authority.trusted())
    writer.write(b"POST /mutate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n{")
    assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()


@pytest.mark.case("W05")
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_of_10_mb_is_refused_and_the_connection_serves_on(running: Injector, chunked: bool) -> None:  # noqa: FBT001
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(160):
            yield b" " * 65536

    body = pieces() if chunked else b" " * 10_485_760
    async with running.client() as client:
        answer = await client.post("/mutate", content=body)
        assert answer.status_code == 413
        assert str(MAX_BYTES) in answer.text
        assert patched(POD, await client.post("/mutate", json=review(POD))) != POD


@pytest.mark.case("W05")
async def test_a_fault_of_our_own_lets_no_pod_through(running: Injector, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(webhook, "judge", broken)
    async with running.client() as client:
        answer = await client.post("/mutate", json=review(POD))
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "injector" in answer.text
    assert await running.counted("failed") == 1


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/mutate", 405), ("POST", "/", 404)])
async def test_there_is_nothing_else(running: Injector, method: str, path: str, status: int) -> None:
    async with running.client() as client:
        assert (await client.request(method, path)).status_code == status


@pytest.mark.case("W05")
async def test_who_speaks_no_tls_gets_nothing(running: Injector) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", running.reviews)
    writer.write(b"POST /mutate HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert await reader.read() == b""
    writer.close()


async def test_it_is_not_ready_before_it_has_a_certificate(tmp_path: Path, authority: Authority) -> None:
    volume = Volume(tmp_path / "tls")
    async with injector(volume.path, authority) as running:
        waiting = await running.probe("/readyz")
        assert (waiting.status_code, str(volume.path) in waiting.text) == (503, True)
        assert (await running.probe("/livez")).status_code == 200
        assert await running.metric("optipath_injector_certificate_expiry_timestamp_seconds") == 0
        pair = authority.pair()
        volume.write(pair.files)
        await until(partial(is_ready, running))
        expires = await running.metric("optipath_injector_certificate_expiry_timestamp_seconds")
        assert expires == pair.expires.timestamp()
        async with running.client() as client:
            assert (await client.post("/mutate", json=review(POD))).status_code == 200


@pytest.mark.case("W05")
async def test_no_review_fails_while_the_certificate_changes(
    running: Injector, volume: Volume, authority: Authority
) -> None:
    new = authority.pair(days=30)
    async with running.client() as kept:
        volume.write(new.files)
        shown = b""
        while shown != new.certificate:
            # One caller with a connection of its own for each review, and one that keeps it.
            async with running.client() as fresh:
                for client in (kept, fresh):
                    patched(POD, await client.post("/mutate", json=review(POD)))
            shown = await certificate(running)
        patched(POD, await kept.post("/mutate", json=review(POD)))


async def is_ready(running: Injector) -> bool:
    return (await running.probe("/readyz")).status_code == 200


async def certificate(running: Injector) -> bytes:
    """What a new caller is shown."""
    _, writer = await asyncio.open_connection("localhost", running.reviews, ssl=running.authority.trusted())
    connection = writer.get_extra_info("ssl_object")
    assert isinstance(connection, ssl.SSLObject)
    shown = connection.getpeercert(binary_form=True)
    writer.close()
    assert shown
    return ssl.DER_cert_to_PEM_cert(shown).encode()
