"""The pod's own token, which kubelet rotates."""

from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Self

import pytest
from aiohttp import web
from kubernetes.aio.config import incluster_config

from optipath_cli.simulator.tls import served
from optipath_operator.cluster.client import connect


class Clock(datetime):
    """What the official client looks at."""

    passed = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + cls.passed


async def test_a_rotated_token_is_used_a_minute_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request.headers["Authorization"])
        return web.json_response({})

    context, authority = served("good", "127.0.0.1")
    token, trusted = tmp_path / "token", tmp_path / "ca.crt"
    token.write_text("first")
    trusted.write_text(authority)
    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(runner.addresses[0][1]))
    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(token))
    monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", str(trusted))
    monkeypatch.setattr(incluster_config, "datetime", SimpleNamespace(datetime=Clock, timedelta=timedelta))
    client = await connect()
    await client.get("/version")
    token.write_text("second")
    monkeypatch.setattr(Clock, "passed", timedelta(seconds=61))
    await client.get("/version")
    await client.close()
    await runner.cleanup()
    assert asked == ["bearer first", "bearer second"]
