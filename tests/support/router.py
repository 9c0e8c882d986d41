"""Routers under test: in the test's own loop, or as the program that users start.

Both listen on free ports, read their files from a folder of the test's, and
are gone with all that they opened when the block ends.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from optipath_router.call.health import USUAL, HealthSettings
from optipath_router.server import Bound, serve
from optipath_router.settings import Address, Settings
from optipath_snapshot import Snapshot, encode
from support.builders import LOOPBACK, provider, route, snapshot, target

FREE = (Address("127.0.0.1", 0),)


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a router, as a user without kubelet lays them out."""

    root: Path

    def put(self, snapshot: Snapshot, generation: int = 1) -> None:
        """Write a snapshot as whoever writes files well does: aside, and moved over the old one."""
        folder = self.root / "snapshot"
        folder.mkdir(exist_ok=True)
        aside = folder / ".aside"
        aside.write_bytes(encode(snapshot, generation))
        aside.rename(folder / "snapshot.json")

    def key(self, name: str, value: str, *hosts: str) -> None:
        """Write a key, and the hosts that it may go to."""
        folder = self.root / "credentials"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(value)
        if hosts:
            (folder / f"{name}.hosts").write_text("\n".join(hosts))

    def labels(self, **labels: str) -> None:
        """Write the pod's labels as the downward API does."""
        folder = self.root / "podinfo"
        folder.mkdir(exist_ok=True)
        (folder / "labels").write_text("".join(f'{name}="{value}"\n' for name, value in labels.items()))

    def settings(self, **given: Any) -> Settings:
        """Settings that point here, on free ports."""
        return Settings(
            **{
                "snapshot": self.root / "snapshot",
                "credentials": self.root / "credentials",
                "podinfo": self.root / "podinfo",
                "listen": FREE,
                "admin": FREE,
                **given,
            }
        )

    def environment(self, **given: str) -> dict[str, str]:
        """The same as environment variables, for a router that is a process."""
        own = {
            "OPTIPATH_SNAPSHOT": str(self.root / "snapshot"),
            "OPTIPATH_CREDENTIALS": str(self.root / "credentials"),
            "OPTIPATH_PODINFO": str(self.root / "podinfo"),
            "OPTIPATH_LISTEN": "127.0.0.1:0",
            "OPTIPATH_ADMIN": "127.0.0.1:0",
        }
        # A working copy's own code comes first, wherever the environment's installation points.
        inherited = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        return {**inherited, **own, **given}


def chain(
    url: str, *models: str, keys: tuple[str, ...] = (), resilience: dict[str, Any] | None = None, **given: Any
) -> Snapshot:
    """A snapshot that sends `auto` to these models in order, each at a provider of its own: p1, p2, …

    The same model may stand there twice.
    """
    providers = [provider(f"p{place}", url=url, keys=keys) for place, _ in enumerate(models, 1)]
    targets = [target(f"p{place}/{model}") for place, model in enumerate(models, 1)]
    rule = route(*(each.name for each in targets), models=["auto"], resilience=resilience or {})
    return snapshot(rule, providers=providers, targets=targets, **{"egress": LOOPBACK, **given})


@dataclass(frozen=True, slots=True)
class Router:
    """A router that runs, and a client for it."""

    bound: Bound
    http: httpx.AsyncClient

    @property
    def url(self) -> str:
        """Where the API is."""
        return f"http://{self.bound.api[0]}"

    @property
    def admin(self) -> str:
        """Where the probes are."""
        return f"http://{self.bound.admin[0]}"

    async def ask(self, model: str = "auto", text: str = "Hello", **given: Any) -> httpx.Response:
        """The whole answer to one message."""
        return await self.http.post(f"{self.url}/v1/chat/completions", json=asked(model, text, **given))

    async def stream(self, model: str = "auto", text: str = "Hello", **given: Any) -> "Stream":
        """A streamed answer, to its end."""
        return await self.opened(await self.open(model, text, **given))

    async def open(self, model: str = "auto", text: str = "Hello", **given: Any) -> httpx.Response:
        """A streamed answer, of which the head is here."""
        body = asked(model, text, stream=True, **given)
        return await self.http.send(
            self.http.build_request("POST", f"{self.url}/v1/chat/completions", json=body), stream=True
        )

    async def opened(self, answer: httpx.Response) -> "Stream":
        """The rest of a stream that has been opened."""
        received, whole = b"", True
        try:
            async for piece in answer.aiter_raw():
                received += piece
        except httpx.RemoteProtocolError:
            whole = False
        finally:
            await answer.aclose()
        return Stream(answer, tuple(e.removeprefix("data: ") for e in received.decode().split("\n\n") if e), whole)

    async def get(self, path: str) -> httpx.Response:
        """A page of the admin port."""
        return await self.http.get(self.admin + path)

    async def metric(self, name: str) -> float | None:
        """A metric without labels."""
        for line in (await self.get("/metrics")).text.splitlines():
            if line.startswith(f"{name} "):
                return float(line.split()[1])
        return None

    async def decision(self, answer: httpx.Response) -> dict[str, Any]:
        """The record of an answer."""
        return await self.record(answer.headers["x-optipath-decision"])

    async def record(self, decision_id: str) -> dict[str, Any]:
        """The record of a decision."""
        found = await self.http.get(f"{self.url}/optipath/decisions/{decision_id}")
        return dict(found.raise_for_status().json())


@dataclass(frozen=True, slots=True)
class Stream:
    """A streamed answer, as it was received."""

    answer: httpx.Response
    events: tuple[str, ...]
    """The data of each event."""
    whole: bool
    """Whether the body came to its end; False where the connection was cut."""

    @property
    def finished(self) -> bool:
        """Whether it ended as an answer does that is complete."""
        return self.whole and self.events[-1:] == ("[DONE]",)

    @property
    def chunks(self) -> list[dict[str, Any]]:
        """The events that are objects."""
        return [json.loads(event) for event in self.events if event != "[DONE]"]

    @property
    def text(self) -> str:
        """What was said."""
        choices = (choice for chunk in self.chunks for choice in chunk.get("choices", ()))
        return "".join(choice["delta"].get("content") or "" for choice in choices)


async def until(holds: Callable[[], Awaitable[object]]) -> None:
    """Return once something holds that nobody tells us of."""
    while not await holds():  # noqa: ASYNC110  what is waited for is in another process or task
        await asyncio.sleep(0.005)


def asked(model: str = "auto", text: str = "Hello", **given: Any) -> dict[str, Any]:
    """The body of a chat request."""
    return {"model": model, "messages": [{"role": "user", "content": text}], **given}


@asynccontextmanager
async def running(settings: Settings, health: HealthSettings = USUAL) -> AsyncIterator[Router]:
    """A router in the loop of the test."""
    bound: asyncio.Future[Bound] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(settings, bound.set_result, health=health))
    await asyncio.wait((serving, bound), return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        await serving
    try:
        async with client() as http:
            yield Router(bound.result(), http)
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


def client() -> httpx.AsyncClient:
    """An HTTP client with patience and without the machine's proxies; it need not know whom to trust with TLS."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    return httpx.AsyncClient(timeout=30, trust_env=False, limits=limits, verify=False)


@dataclass(frozen=True, slots=True)
class Program:
    """A router that is a process of its own."""

    process: asyncio.subprocess.Process
    log: list[dict[str, Any]]
    """What it has logged so far."""
    router: Router
    _logging: asyncio.Task[None] = field(repr=False)

    async def stopped(self) -> int:
        """Its exit code, once it has stopped and all of its log is here."""
        code = await self.process.wait()
        await self._logging
        return code


@asynccontextmanager
async def program(
    environment: dict[str, str], command: tuple[str, ...] = ("-m", "optipath_router")
) -> AsyncIterator[Program]:
    """The program as a process of its own, listening."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, env=environment, stderr=asyncio.subprocess.PIPE
    )
    log: list[dict[str, Any]] = []
    listens = asyncio.Event()
    logging = asyncio.create_task(_read_log(process, log, listens))
    try:
        await asyncio.wait((logging, started := asyncio.create_task(listens.wait())), return_when="FIRST_COMPLETED")
        started.cancel()
        line = next((line for line in log if line["message"] == "listening"), None)
        assert line is not None, f"the router ended before it listened: {log}"
        api, admin = (tuple(map(_address, line[which])) for which in ("api", "admin"))
        async with client() as http:
            yield Program(process, log, Router(Bound(api, admin), http), logging)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await logging


async def _read_log(process: asyncio.subprocess.Process, log: list[dict[str, Any]], listens: asyncio.Event) -> None:
    assert process.stderr is not None
    async for line in process.stderr:
        try:
            log.append(json.loads(line))
        except ValueError:
            log.append({"message": line.decode(errors="replace"), "level": "none"})
        if log[-1]["message"] == "listening":
            listens.set()


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return Address(host.strip("[]"), int(port))
