"""Injectors under test: in the test's own loop, or as the program that the chart starts; and reviews for them."""

import asyncio
import base64
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from optipath_operator.inject.injection import Injection
from optipath_operator.inject.main import serve
from optipath_operator.inject.settings import Settings
from support.certificates import Authority
from support.jsonpatch import applied

IMAGE = "registry.example/optipath:0.1.0"
POD: dict[str, Any] = {
    "metadata": {"name": "chat"},
    "spec": {"containers": [{"name": "app", "image": "registry.example/chat:1"}]},
}


def review(pod: Any, **request: Any) -> dict[str, Any]:
    """What the API server sends for a pod that somebody creates."""
    return {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
            "kind": {"group": "", "version": "v1", "kind": "Pod"},
            "resource": {"group": "", "version": "v1", "resource": "pods"},
            "namespace": "team-a",
            "operation": "CREATE",
            "userInfo": {"username": "system:serviceaccount:kube-system:replicaset-controller"},
            "object": pod,
            "oldObject": None,
            "dryRun": False,
            "options": {"apiVersion": "meta.k8s.io/v1", "kind": "CreateOptions"},
            **request,
        },
    }


def patched(pod: Any, answered: httpx.Response) -> Any:
    """The pod that the API server makes of an answer."""
    response = answered.raise_for_status().json()["response"]
    assert response["allowed"]
    return applied(pod, json.loads(base64.b64decode(response["patch"]))) if "patch" in response else pod


@dataclass(frozen=True)
class Injector:
    """A running injector."""

    reviews: int
    """The port for reviews."""
    probes: int
    authority: Authority

    def client(self) -> httpx.AsyncClient:
        """A caller that trusts the injector's authority, as the API server does."""
        return httpx.AsyncClient(base_url=f"https://localhost:{self.reviews}", verify=self.authority.trusted())

    async def probe(self, path: str) -> httpx.Response:
        """What its other port answers."""
        async with httpx.AsyncClient() as client:
            return await client.get(f"http://127.0.0.1:{self.probes}{path}")

    async def counted(self, outcome: str) -> float:
        """How many reviews ended so."""
        return await self.metric(f'optipath_injector_reviews_total{{outcome="{outcome}"}}')

    async def metric(self, name: str) -> float:
        """One of its metrics."""
        lines = (await self.probe("/metrics")).text.splitlines()
        (value,) = (line.removeprefix(name) for line in lines if line.startswith(f"{name} "))
        return float(value)


@asynccontextmanager
async def injector(tls: Path, authority: Authority, **given: Any) -> AsyncIterator[Injector]:
    """An injector in this loop, on free ports."""
    settings = Settings(Injection(image=IMAGE), port=0, probes_port=0, tls=tls, **{"linger_seconds": 0.0, **given})
    bound = asyncio.Queue[tuple[int, int]]()
    serving = asyncio.create_task(serve(settings, lambda *ports: bound.put_nowait(ports)))
    listening = asyncio.create_task(bound.get())
    await asyncio.wait([serving, listening], return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        await serving
    try:
        yield Injector(*await listening, authority)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


@dataclass
class Program:
    """`optipath-injector` as a process."""

    process: asyncio.subprocess.Process
    lines: list[dict[str, Any]] = field(default_factory=list)
    """What it has logged."""

    async def said(self, message: str) -> dict[str, Any]:
        """The next line with this message."""
        assert self.process.stderr
        while line := await self.process.stderr.readline():
            self.lines.append(json.loads(line))
            if self.lines[-1]["message"] == message:
                return self.lines[-1]
        raise AssertionError(f"it ended without {message!r}: {self.lines}")


@asynccontextmanager
async def program(tls: Path, **environment: str) -> AsyncIterator[Program]:
    """The injector as a program, on free ports."""
    given = {"OPTIPATH_INJECTION": json.dumps({"image": IMAGE}), "OPTIPATH_TLS": str(tls), **environment}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "optipath_operator.inject",
        env={**os.environ, "OPTIPATH_PORT": "0", "OPTIPATH_PROBES_PORT": "0", **given},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Program(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
