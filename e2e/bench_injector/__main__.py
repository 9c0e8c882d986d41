"""`python -m e2e.bench_injector`: measure the injector, and fail where a must is missed. It has a core to itself."""

import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from pathlib import Path

import uvloop

from e2e.bench.figure import MARGIN, Figure
from e2e.bench.rig.load import percentile
from e2e.bench.rig.process import Process, cores, on_core, started
from e2e.bench_injector.caller import Caller
from e2e.bench_injector.reviews import REVIEW

_STARTS = 3
_ALONE, _TOGETHER, _ANEW = 1_000, 5_000, 500
_CONNECTIONS = 16


async def measure(folder: Path, core: int) -> AsyncIterator[Figure]:
    """All figures, one after another."""
    trusted = _certificate(folder)
    starts = []
    for _ in range(_STARTS):
        begun = time.perf_counter()
        with _injector(folder, core) as process:
            port = await _listening(process)
            await _answered(port, trusted)
            starts.append(time.perf_counter() - begun)
    yield Figure("start, from exec to the first answer", min(starts), "s")
    with _injector(folder, core) as process:
        port = await _listening(process)
        await _answered(port, trusted)
        yield Figure("at rest, RSS", process.resident_mib(), "MiB")
        alone, _ = await _reviews(port, trusted, count=_ALONE, connections=1)
        yield Figure("one at a time, p50", percentile(alone, 0.5) * 1e3, "ms", reach=10, must=True)
        yield Figure("one at a time, p99", percentile(alone, 0.99) * 1e3, "ms", reach=100, must=True)
        before = process.cpu_seconds()
        many, seconds = await _reviews(port, trusted, count=_TOGETHER, connections=_CONNECTIONS)
        # What else the machine does takes from the second figure, and hardly from the first.
        busy = process.cpu_seconds() - before
        yield Figure("16 at a time, on a core alone", len(many) / busy, "/s", reach=300, must=True, more_is_better=True)
        yield Figure("16 at a time, as it was", len(many) / seconds, "/s", reach=300, more_is_better=True)
        yield Figure("16 at a time, p95", percentile(many, 0.95) * 1e3, "ms")
        anew, seconds = await _reviews(port, trusted, count=_ANEW, connections=_CONNECTIONS, anew=True)
        yield Figure("16 at a time, each with a new connection", len(anew) / seconds, "/s")
        reviewed = len(alone) + len(many) + len(anew)
        yield Figure(f"after {reviewed:,} reviews, RSS", process.resident_mib(), "MiB")


async def _reviews(
    port: int, trusted: ssl.SSLContext, *, count: int, connections: int, anew: bool = False
) -> tuple[list[float], float]:
    """What each of so many reviews took, and all of them."""
    left, took = iter(range(count)), list[float]()

    async def worker() -> None:
        caller = Caller(port, trusted)
        for _ in left:
            begun = time.perf_counter()
            if not (answer := await caller.ask(REVIEW)).startswith(b"HTTP/1.1 200 "):
                raise RuntimeError(f"a review was answered so: {answer[:200]!r}")
            took.append(time.perf_counter() - begun)
            if anew:
                caller.leave()
        caller.leave()

    begun = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(connections)))
    return took, time.perf_counter() - begun


async def _answered(port: int, trusted: ssl.SSLContext) -> None:
    await _reviews(port, trusted, count=1, connections=1)


def _injector(folder: Path, core: int) -> AbstractContextManager[Process]:
    """The program as the chart starts it, on a core of its own."""
    environment = {
        **os.environ,
        "OPTIPATH_INJECTION": json.dumps({"image": "registry.example/optipath:0.1.0"}),
        "OPTIPATH_TLS": str(folder),
        "OPTIPATH_PORT": "0",
        "OPTIPATH_PROBES_PORT": "0",
        "OPTIPATH_LINGER_SECONDS": "0",
    }
    command = [sys.executable, "-m", "optipath_operator.inject"]
    return started(command, folder / "log", core=core, environment=environment)


async def _listening(process: Process) -> int:
    """The port for reviews, once the program says that it listens."""
    while True:
        # The last line may be half written.
        for line in process.log.read_text().rpartition("\n")[0].splitlines():
            if (said := json.loads(line))["message"] == "listening":
                return int(said["reviews"])
        if process.popen.poll() is not None:
            raise RuntimeError(f"the injector ended: {process.log.read_text()}")
        await asyncio.sleep(0.005)


def _certificate(folder: Path) -> ssl.SSLContext:
    """Make a certificate, and return the context of a client that trusts it."""
    made = [
        "-keyout",
        "tls.key",
        "-out",
        "tls.crt",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
    ]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subprocess.run(["openssl", "req", "-x509", *curve, *made], cwd=folder, check=True, capture_output=True)
    return ssl.create_default_context(cafile=str(folder / "tls.crt"))


async def show(core: int) -> int:
    """Measure, print, and return how many musts were missed."""
    print(f"a review of {len(REVIEW):,} bytes; load {os.getloadavg()[0]:.1f}\n")
    print(f"{'what':<44}{'ours':>10}  {'':<4}{'to reach':>12}")
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        async for figure in measure(Path(folder), core):
            remark = f"  missed by more than {MARGIN - 1:.0%}" if figure.missed else ""
            print(f"{figure.what:<44}{figure.value:>10.3g}  {figure.unit:<4}{figure.to_reach:>12}{remark}", flush=True)
            missed += figure.missed
    return missed


if __name__ == "__main__":
    # What was started is ended, too, when we are.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    chosen = cores()
    with on_core(chosen.load):
        sys.exit(1 if uvloop.run(show(chosen.proxy)) else 0)
