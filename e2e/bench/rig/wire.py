"""One benchmark's surroundings: providers on one core with the load, proxies in front of them on another."""

import asyncio
import functools
import math
import ssl
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop

from e2e.bench.figure import Figure
from e2e.bench.rig.manifests import Manifest, Providers
from e2e.bench.rig.nginx import answering, free_ports, nginx, passing_on
from e2e.bench.rig.process import Cores, Process, cores, on_core
from e2e.bench.rig.router import Router, router
from e2e.bench.rig.tools import Tools, tools
from e2e.bench.rig.upstream import ANSWER, Upstream, served
from optipath_snapshot import Snapshot

_PATIENCE_SECONDS = 240
"""No benchmark takes two minutes, unless something hangs."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to the providers: through a proxy, or none."""

    plain: int
    """The port at which the model `plain` answers."""
    scripted: int
    tls: int


@dataclass(frozen=True, slots=True)
class Proxy(Way):
    """A proxy under test."""

    process: Process


@dataclass(frozen=True, slots=True)
class Wire:
    """All that stands around the proxies."""

    folder: Path
    tools: Tools
    providers: Providers
    upstream: Upstream
    cores: Cores

    @property
    def direct(self) -> Way:
        """The way without a proxy."""
        return Way(self.providers.still, self.providers.scripted, self.providers.tls)

    @asynccontextmanager
    async def nginx(self) -> AsyncIterator[Proxy]:
        """The yardstick."""
        plain, scripted, tls = ports = free_ports(3)
        servers = (
            passing_on(plain, self.providers.still),
            passing_on(scripted, self.providers.scripted),
            passing_on(tls, self.providers.tls, tls=True),
        )
        async with nginx(
            self.tools, self.folder / "yardstick", *servers, ports=ports, core=self.cores.proxy
        ) as process:
            yield Proxy(plain, scripted, tls, process)

    @asynccontextmanager
    async def router(self, snapshot: Snapshot) -> AsyncIterator[Router]:
        """A router of its own."""
        folder = Path(tempfile.mkdtemp(prefix="router-", dir=self.folder))
        async with router(folder, snapshot, core=self.cores.proxy) as found:
            yield found

    @asynccontextmanager
    async def both(self, *models: str, rules: Sequence[Manifest] = ()) -> AsyncIterator[tuple[Proxy, Proxy, Router]]:
        """The yardstick and the router as proxies, and the router as what it is."""
        async with self.nginx() as theirs, self.router(self.providers.compile(models, rules)) as found:
            yield theirs, Proxy(found.port, found.port, found.port, found.process), found


def on_the_wire(
    benchmark: Callable[[Wire], AsyncIterator[Figure]],
) -> Callable[[], Iterator[Figure]]:
    """A benchmark with its surroundings made for it, as one that can be run like any other."""

    @functools.wraps(benchmark)
    def measured() -> Iterator[Figure]:
        found, run_on, figures = tools(), cores(), list[Figure]()
        with on_core(run_on.load), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            try:
                runner.run(_run(benchmark, figures.append, found, run_on))
            except TimeoutError:
                what = f"{benchmark.__name__}: did not come to its end"
                figures.append(Figure(what, math.inf, "s", reach=_PATIENCE_SECONDS, must=True))
        yield from figures

    return measured


async def _run(
    benchmark: Callable[[Wire], AsyncIterator[Figure]], tell: Callable[[Figure], None], tools: Tools, cores: Cores
) -> None:
    """Run a benchmark in its surroundings, and tell each figure; raises TimeoutError where it does not end."""
    with tempfile.TemporaryDirectory(prefix="optipath-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        certificate = _certificate(folder)
        (still,) = ports = free_ports(1)
        async with (
            asyncio.timeout(_PATIENCE_SECONDS),
            nginx(tools, folder / "still", answering(still, ANSWER), ports=ports, core=cores.load),
            served(_tls(certificate)) as scripted,
        ):
            providers = Providers(still, scripted.port, scripted.tls_port, certificate)
            async for figure in benchmark(Wire(folder, tools, providers, scripted.upstream, cores)):
                tell(figure)


def _certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that vouches for itself; its key is beside it."""
    certificate, key = folder / "tls.crt", folder / "tls.key"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=bench "
        f"-addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {certificate}"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    return certificate


def _tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    return context
