"""A router from its start to its first answer, and what it holds when nobody asks."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from e2e.bench.figure import Figure
from optipath_snapshot import Provider, Snapshot, Target, encode

_STARTS = 5
_START_SECONDS = 0.6
_YARDSTICK_SECONDS = 0.04
"""What importing asyncio took on the machine of performance.md. A slower one is given as much more time to start."""
_SETTLING_SECONDS = 1.0


def starting() -> Iterator[Figure]:
    """A process of its own, on free ports, with a snapshot in force, as the sidecar's image would start it."""
    starts, resident = [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "snapshot.json").write_bytes(encode(_SNAPSHOT, 1))
        for _ in range(_STARTS):
            begun = time.perf_counter()
            with _router(folder) as (process, admin):
                with urllib.request.urlopen(f"http://{admin}/livez", timeout=5) as answer:
                    answer.read()
                starts.append(time.perf_counter() - begun)
                if len(starts) == _STARTS:
                    time.sleep(_SETTLING_SECONDS)
                    resident = _resident_mib(process.pid)
    yardstick = min(_importing_asyncio() for _ in range(_STARTS))
    reach = _START_SECONDS * max(1.0, yardstick / _YARDSTICK_SECONDS)
    yield Figure("yardstick: import asyncio in a fresh process", yardstick, "s", _YARDSTICK_SECONDS)
    yield Figure("router, exec to /livez", min(starts), "s", reach, must=True)
    yield Figure("router at rest, RSS", resident, "MiB", reach=50, must=True)


def _importing_asyncio() -> float:
    measured = "import time; begun = time.perf_counter(); import asyncio; print(time.perf_counter() - begun)"
    return float(subprocess.run([sys.executable, "-c", measured], check=True, capture_output=True).stdout)


@contextmanager
def _router(folder: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A router that has said where it listens, and its admin address."""
    paths = {"OPTIPATH_SNAPSHOT": folder, "OPTIPATH_CREDENTIALS": folder, "OPTIPATH_PODINFO": folder}
    ports = {"OPTIPATH_LISTEN": "127.0.0.1:0", "OPTIPATH_ADMIN": "127.0.0.1:0"}
    # An image holds compiled modules. The first start makes them here, and is never the best one.
    compiled = {"PYTHONPYCACHEPREFIX": f"{folder}/compiled", "PYTHONDONTWRITEBYTECODE": ""}
    process = subprocess.Popen(
        [sys.executable, "-m", "optipath_router"],
        env={**os.environ, **paths, **ports, **compiled},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, _admin(process)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)


def _admin(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    told = []
    for line in process.stderr:
        told.append(line)
        with_addresses = json.loads(line) if line.startswith("{") else {}
        if "admin" in with_addresses:
            return str(with_addresses["admin"][0])
    raise RuntimeError(f"the router ended before it listened: {''.join(told)}")


def _resident_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    kibibytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(kibibytes) / 1024


_SNAPSHOT = Snapshot(
    namespace="team-a",
    providers=(Provider(name="acme", type="OpenAICompatible", url="https://acme.example/v1"),),
    targets=(Target(name="acme/small", provider="acme", model="small", upstream_model="small"),),
)
