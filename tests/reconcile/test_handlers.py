"""kopf, in its thread, before an API server that is unwell: what it sees is handed over, and its end is noticed."""

import asyncio
import base64
import json
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import kopf
import pytest
import pytest_asyncio
from aiohttp import web
from kubernetes.aio.config import kube_config

from optipath_operator.cluster.client import Json, connect
from optipath_operator.reconcile import handlers
from optipath_operator.reconcile.handlers import Sighting
from support.certificates import Authority

KINDS = {"namespaces": "Namespace", "modelproviders": "ModelProvider", "routingpolicies": "RoutingPolicy"}
VERBS = ["list", "watch"]


class Served:
    """As much of an API server as kopf asks for."""

    def __init__(self) -> None:
        self.refused: list[int] = []
        """Answers that come before it is well again, one to each question."""
        self.revoked = ""
        """A token that is taken no more."""
        self.tokens: list[str] = []
        self.held = asyncio.Event()
        """Set when a question came that is not answered."""
        self.holds = ""
        """Paths that begin with this are not answered."""
        self._events: dict[str, list[tuple[int, Json]]] = {kind: [] for kind in KINDS}
        self._watches = 0
        self._changed = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.tokens.append(request.headers.get("Authorization", ""))
        if self.tokens[-1] == f"Bearer {self.revoked}":
            return web.json_response({"kind": "Status"}, status=401)
        if self.holds and request.path.startswith(self.holds):
            self.held.set()
            await asyncio.Event().wait()
        if self.refused:
            return web.json_response({"kind": "Status"}, status=self.refused.pop())
        kind = request.path.rpartition("/")[2]
        if kind not in KINDS:
            return web.json_response(self._discovery(request.path))
        if "watch" not in request.query:
            return web.json_response({"metadata": {"resourceVersion": "1"}, "items": [_object(kind, 1)]})
        response = web.StreamResponse()
        await response.prepare(request)
        since, watches = int(request.query["resourceVersion"]), self._watches
        while watches == self._watches:
            changed = self._changed
            for number, event in self._events[kind]:
                if number > since:
                    since = number
                    await response.write(json.dumps(event).encode() + b"\n")
            await changed.wait()
        return response

    def tell(self, kind: str, number: int, what: str = "MODIFIED", **found: object) -> None:
        """Have watches tell of an object, in a version."""
        self._events[kind].append((number, {"type": what, "object": _object(kind, number) | found}))
        self._change()

    def break_off(self) -> None:
        """End all watches."""
        self._watches += 1
        self._change()

    def _change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _discovery(self, path: str) -> Json:
        match path:
            case "/api":
                return {"versions": ["v1"]}
            case "/apis":
                version = {"version": "v1alpha1"}
                return {"groups": [{"name": "optipath.io", "preferredVersion": version, "versions": [version]}]}
        kinds = [each for each in KINDS if (each == "namespaces") == (path == "/api/v1")]
        served = [
            {
                "name": each,
                "kind": KINDS[each],
                "singularName": KINDS[each].lower(),
                "namespaced": each != "namespaces",
                "verbs": VERBS,
            }
            for each in kinds
        ]
        return {"resources": served}


def _object(kind: str, number: int) -> Json:
    return {
        "kind": KINDS[kind],
        "metadata": {"name": "a", "namespace": "a", "uid": "1", "resourceVersion": str(number)},
    }


class Seen:
    """What has been handed over."""

    def __init__(self) -> None:
        self.sightings: list[Sighting] = []
        self.threads: set[threading.Thread] = set()
        self._more = asyncio.Event()

    def __call__(self, sighting: Sighting) -> None:
        self.sightings.append(sighting)
        self.threads.add(threading.current_thread())
        self._more.set()

    async def until(self, kind: str, number: int) -> None:
        """Return when an object of a kind has been seen in a version."""
        while not any(
            (each.manifest["kind"], each.manifest["metadata"]["resourceVersion"]) == (KINDS[kind], str(number))
            for each in self.sightings
        ):
            self._more.clear()
            await self._more.wait()


@pytest_asyncio.fixture
async def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    """An API server on this machine, that KUBECONFIG names."""
    async with serving(tmp_path, monkeypatch) as found:
        yield found


@asynccontextmanager
async def serving(
    folder: Path, monkeypatch: pytest.MonkeyPatch, authority: Authority | None = None
) -> AsyncIterator[Served]:
    """Serve, by TLS if there is an authority."""
    found = Served()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", found.answer)
    runner = web.AppRunner(app, shutdown_timeout=0, handler_cancellation=True)
    await runner.setup()
    context, cluster = None, {}
    if authority:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        for name, content in authority.pair().files.items():
            (folder / name).write_bytes(content)
        context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
        cluster = {"certificate-authority-data": base64.b64encode(authority.pem).decode()}
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    port = runner.addresses[0][1]
    server = f"https://localhost:{port}" if authority else f"http://127.0.0.1:{port}"
    config = {
        "clusters": [{"name": "c", "cluster": {"server": server, **cluster}}],
        "users": [{"name": "u", "user": {"token": "first"}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "c",
    }
    path = folder / "kubeconfig"
    path.write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(path))
    # Read when it is imported.
    monkeypatch.setattr(kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", str(path))
    monkeypatch.setattr(handlers, "_LOGIN_SECONDS", 0.01)
    try:
        yield found
    finally:
        await runner.cleanup()


async def test_what_it_sees_arrives_in_order_and_in_our_thread(served: Served) -> None:
    seen = Seen()
    async with handlers.watching(seen):
        await seen.until("namespaces", 1)
        for number in range(2, 100):
            served.tell("namespaces", number)
        served.tell("namespaces", 100, "DELETED")
        await seen.until("namespaces", 100)
    told = [each for each in seen.sightings if each.manifest["kind"] == "Namespace"]
    assert [int(each.manifest["metadata"]["resourceVersion"]) for each in told] == list(range(1, 101))
    assert [each.listed for each in told] == [True] + 99 * [False]
    assert [each.gone for each in told] == 99 * [False] + [True]
    assert seen.threads == {threading.current_thread()}


@pytest.mark.case("O06")
async def test_a_token_that_is_refused_for_a_while_is_tried_again_until_it_is_taken(served: Served) -> None:
    seen = Seen()
    async with handlers.watching(seen) as ended:
        for kind in KINDS:
            await seen.until(kind, 1)
        served.refused = 20 * [401]
        served.break_off()
        for kind in KINDS:
            served.tell(kind, 2)
        for kind in KINDS:
            await seen.until(kind, 2)
        assert not ended.done()
        assert not served.refused


async def test_told_to_stop_before_it_knows_what_the_cluster_serves_it_leaves_nothing_behind(served: Served) -> None:
    served.holds = "/api"
    async with handlers.watching(Seen()):
        await served.held.wait()
    assert not [thread for thread in threading.enumerate() if thread.name == "kopf"]


async def test_a_login_reads_the_token_anew(served: Served, tmp_path: Path) -> None:
    seen, path = Seen(), tmp_path / "kubeconfig"
    async with handlers.watching(seen):
        for kind in KINDS:
            await seen.until(kind, 1)
        assert set(served.tokens) == {"Bearer first"}
        path.write_text(path.read_text().replace("first", "second"))
        served.revoked = "first"
        served.break_off()
        for kind in KINDS:
            served.tell(kind, 2)
        for kind in KINDS:
            await seen.until(kind, 2)
    assert set(served.tokens) == {"Bearer first", "Bearer second"}


@pytest.mark.case("O04")
async def test_the_error_of_which_it_died_is_raised_while_its_other_watches_hang(served: Served) -> None:
    async with handlers.watching(Seen()) as ended:
        served.tell("namespaces", 2, "ERROR", code=500, message="etcd is broken")
        with pytest.raises(Exception, match="etcd is broken"):
            await ended


async def test_a_kopf_that_just_stops_is_noticed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stops(**_: Any) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(asyncio.sleep(0))]

    monkeypatch.setattr(kopf, "spawn_tasks", stops)
    async with handlers.watching(Seen()) as ended:
        await ended


def test_kopf_stores_nothing_on_objects_and_never_gives_up() -> None:
    settings = handlers._settings()
    assert settings.persistence.diffbase_storage.build(body=kopf.Body({"spec": {"a": 1}})) == {}
    pauses = iter(settings.networking.error_backoffs)  # type: ignore[arg-type]  # it may be a number
    assert [next(pauses) for _ in range(100)][-1] >= 10.0
    assert not settings.posting.enabled


async def test_an_authority_is_trusted_that_was_made_when_nobody_asked_for_identifiers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clusters have theirs for ten years. kubectl and kubelet ask for none; Python 3.13 does by itself."""
    usual: Callable[..., ssl.SSLContext] = ssl.create_default_context

    def as_in_python_3_13(*given: Any, **named: Any) -> ssl.SSLContext:
        context = usual(*given, **named)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    monkeypatch.setattr(ssl, "create_default_context", as_in_python_3_13)
    seen = Seen()
    async with serving(tmp_path, monkeypatch, Authority(identified=False)):
        async with asyncio.timeout(20), handlers.watching(seen):
            await seen.until("namespaces", 1)
        client = await connect()
        try:
            assert (await client.get("/api"))["versions"] == ["v1"]
        finally:
            await client.close()
