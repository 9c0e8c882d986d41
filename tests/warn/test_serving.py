"""The webhook over real TLS, with the certificates that the operator makes and changes."""

import asyncio
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from optipath_operator.certificates.kept import ROTATE
from optipath_operator.inject.serving import listen
from optipath_operator.reconcile.preview import Preview
from optipath_operator.telemetry import Metrics
from optipath_operator.warn.serving import serve
from optipath_operator.warn.webhook import Webhook
from support.apiserver import ApiServer, routing_policy
from support.certified import INJECTOR, SECRET, WARNINGS, Cluster
from support.kubelet import Volume
from support.operator import Tenant
from support.reviews import review, told

NAME = "optipath-operator-webhook.optipath-system.svc"
POLICY = routing_policy("new", asked="new")
FORGED = routing_policy("new", asked="new", rules=[])
PATH = "/warn/of-the-key"


async def soon(_: float = 0) -> None:
    """What asyncio.sleep does, in less time."""
    await asyncio.sleep(0.005)


class Replica:
    """A replica of the operator: it warns, and kubelet mounts for it what is in the Secret."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.cluster, self.folder, self.metrics = cluster, folder / "tls", Metrics()
        self.port = 0
        tenant = Tenant(ApiServer())
        tenant.starts()
        self.preview = Preview(tenant.store, tenant.operator.gather.ahead, all_seen=lambda: True)
        self.app = Webhook(self.preview, lambda: PATH, self.metrics).app()
        self._volume: Volume | None = None

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[None]:
        def started(port: int) -> None:
            self.port = port

        task = asyncio.create_task(serve(self.app, self.folder, port, self.metrics, sleep=soon, started=started))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.preview.close()

    def mount(self) -> None:
        """kubelet brings what is in the Secret now, keys of authorities apart."""
        data = self.cluster.objects[SECRET].get("data") or {}
        self._volume = self._volume or Volume(self.folder)
        self._volume.write({key: b64decode(data[key]) for key in ("tls.crt", "tls.key") if key in data})

    async def listens(self) -> None:
        async with asyncio.timeout(10):
            while not self.port:
                await soon()

    def shows(self) -> float:
        """When the certificate ends that it shows."""
        name = "optipath_operator_webhook_certificate_expiry_timestamp_seconds"
        return self.metrics.registry.get_sample_value(name) or 0.0

    async def is_asked(self, body: bytes, path: str = PATH) -> httpx.Response:
        """The API server asks it, and trusts nobody but whom it is told to trust."""
        context = ssl.create_default_context(cadata=self.cluster.bundles()[1].decode())
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        async with httpx.AsyncClient(verify=context) as client:
            return await client.post(
                f"https://127.0.0.1:{self.port}{path}", content=body, extensions={"sni_hostname": NAME}
            )


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    # OpenSSL has a clock of its own.
    cluster.now = datetime.now(UTC)
    return cluster


async def test_a_replica_warns_as_soon_as_there_is_a_certificate(cluster: Cluster, tmp_path: Path) -> None:
    replica = Replica(cluster, tmp_path)
    async with replica.serving():
        await soon()
        replica.mount()
        await soon()
        assert replica.port == 0, "the Secret is empty still, and mounted as it is"
        await cluster.operator().look()
        replica.mount()
        await replica.listens()
        assert told((await replica.is_asked(review(POLICY))).content) == []
        assert replica.shows() > cluster.now.timestamp()


@pytest.mark.case("W05")
async def test_over_tls_garbage_is_a_bad_request_and_ten_megabytes_are_too_much(
    cluster: Cluster, tmp_path: Path
) -> None:
    await cluster.operator().look()
    replica = Replica(cluster, tmp_path)
    replica.mount()
    async with replica.serving():
        await replica.listens()
        assert (await replica.is_asked(b"garbage")).status_code == 400
        assert (await replica.is_asked(b" " * 10_000_000)).status_code == 413
        assert told((await replica.is_asked(review(POLICY))).content) == []


async def test_over_tls_a_stranger_with_a_forged_review_learns_nothing(
    cluster: Cluster, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await cluster.operator().look()
    replica = Replica(cluster, tmp_path)
    replica.mount()
    async with replica.serving():
        await replica.listens()
        nowhere = await replica.is_asked(review(FORGED), "/nowhere")
        for path in ("/", "/warn", "/warn/", f"{PATH}/", f"/{PATH}", PATH[:-1], f"{PATH}%00", "/warn/%ff", "/warn/ü"):
            answer = await replica.is_asked(review(FORGED), path)
            assert (answer.status_code, answer.content) == (404, nowhere.content), path
            assert answer.headers.keys() == nowhere.headers.keys()
        assert told((await replica.is_asked(review(FORGED))).content), "the API server is told"
    assert "of-the-key" not in caplog.text + replica.metrics.text().decode()


@pytest.mark.case("W01")
async def test_no_review_fails_while_the_authority_changes(cluster: Cluster, tmp_path: Path) -> None:
    operator = cluster.operator()
    await operator.look()
    prompt, late = (Replica(cluster, tmp_path / name) for name in ("prompt", "late"))
    for each in (prompt, late):
        each.folder.parent.mkdir()
        each.mount()
    first = cluster.objects[SECRET]["data"]["tls.crt"]
    async with prompt.serving(), late.serving():
        await prompt.listens()
        await late.listens()
        cluster.annotate(ROTATE, "now")
        changed_at = None
        for minute in range(16):
            await operator.work(timedelta(minutes=1))
            prompt.mount()
            if cluster.objects[SECRET]["data"]["tls.crt"] != first:
                changed_at = minute if changed_at is None else changed_at
                # This one's kubelet takes nine minutes.
                if minute == changed_at + 9:
                    late.mount()
            for each in (prompt, late):
                assert (await each.is_asked(review(POLICY))).status_code == 200
        assert changed_at is not None
        assert cluster.breaches == []
        assert {cluster.objects[path]["webhooks"][0]["clientConfig"]["caBundle"] for path in (INJECTOR, WARNINGS)} == {
            cluster.objects[SECRET]["data"]["ca.crt"]
        }


async def test_a_port_that_is_taken_is_told_of_and_tried_again(
    cluster: Cluster, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await cluster.operator().look()
    replica = Replica(cluster, tmp_path)
    replica.mount()
    with listen(0) as taken:
        port = taken.getsockname()[1]
        serving = replica.serving(port)
        await serving.__aenter__()
        async with asyncio.timeout(10):
            while f"cannot listen on port {port}" not in caplog.text:
                await soon()
    await replica.listens()
    assert (await replica.is_asked(review(POLICY))).status_code == 200
    await serving.__aexit__(None, None, None)
