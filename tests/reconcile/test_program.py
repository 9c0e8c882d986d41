"""`optipath-operator` as a process, with an API server that is not there."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import yaml

IPV6 = pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")


@asynccontextmanager
async def program(folder: Path, port: int = 0) -> AsyncIterator[asyncio.subprocess.Process]:
    path = folder / "kubeconfig"
    nowhere = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": {"token": "t"}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "c",
    }
    path.write_text(yaml.safe_dump(nowhere))
    given = {"KUBECONFIG": str(path), "OPTIPATH_PORT": str(port), "OPTIPATH_TLS": str(folder / "none")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "optipath_operator", env={**os.environ, **given}, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def listening(process: asyncio.subprocess.Process) -> int:
    assert process.stderr
    while line := await process.stderr.readline():
        said = json.loads(line)
        if said["message"] == "listening":
            return int(said["probes"])
    raise AssertionError("it ended without listening")


@IPV6
async def test_it_lives_and_is_not_ready_for_whoever_asks_by_either_protocol(tmp_path: Path) -> None:
    async with program(tmp_path) as process, httpx.AsyncClient() as kubelet:
        port = await listening(process)
        for host in ("127.0.0.1", "[::1]"):
            assert (await kubelet.get(f"http://{host}:{port}/livez")).status_code == 200
            unready = await kubelet.get(f"http://{host}:{port}/readyz")
            assert (unready.status_code, unready.text) == (503, "not everything has been seen yet\n")
        process.terminate()
        assert await process.wait() == 0


async def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        async with program(tmp_path, port) as process:
            _, said = await process.communicate()
    assert process.returncode == 1
    assert f"optipath-operator: cannot listen on port {port}" in said.decode().splitlines()[-1]
