"""`optipath run` as a process, and manifests for it."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGINT
from typing import Any

import yaml

from optipath_router.server import Bound
from optipath_router.settings import addresses
from support.router import Router, client

OPTIPATH = str(Path(sys.executable).with_name("optipath"))
PATIENCE_SECONDS = 60
"""How long a line may take; only what hangs takes longer."""
Manifest = dict[str, Any]


def provider(url: str, name: str = "acme", models: Mapping[str, str] | None = None, **spec: Any) -> Manifest:
    """A provider at a URL; models by name, each with the name that the provider knows."""
    listed = [
        {
            "name": model,
            "upstreamName": upstream,
            "pricing": {"inputPerMTok": "1", "outputPerMTok": "2"},
            "contextWindow": 100_000,
        }
        for model, upstream in (models or {"small": "small"}).items()
    ]
    return {
        "apiVersion": "optipath.io/v1alpha1",
        "kind": "ModelProvider",
        "metadata": {"name": name},
        "spec": {"type": "OpenAICompatible", "endpoint": {"url": url}, "models": listed, **spec},
    }


def policy(*targets: str, alias: str = "assistant", name: str = "chat", strategy: str = "ordered") -> Manifest:
    """A policy that answers to an alias with targets, `provider/model` each."""
    pairs = (target.partition("/") for target in targets)
    rule = {
        "name": "rule",
        "match": {"models": [alias]},
        "strategy": {strategy: {}},
        "targets": [{"provider": of, "model": model} for of, _, model in pairs],
    }
    return {
        "apiVersion": "optipath.io/v1alpha1",
        "kind": "RoutingPolicy",
        "metadata": {"name": name},
        "spec": {"rules": [rule]},
    }


def write(path: Path, *manifests: Manifest) -> Path:
    """A file of manifests, written as an editor writes: over the old one."""
    path.write_text(yaml.safe_dump_all(manifests))
    return path


@dataclass(frozen=True, slots=True)
class Workbench:
    """A run, and a client for its router."""

    process: asyncio.subprocess.Process
    lines: list[str]
    """What it has written so far."""
    router: Router
    _reader: "_Reader" = field(repr=False)

    async def says(self, form: str) -> str:
        """A line in which this form is found, as soon as there is one."""
        return await self._reader.says(form)

    async def stopped(self) -> int:
        """Its exit code, once it has stopped and all that it wrote is here."""
        code = await self.process.wait()
        await self._reader.task
        return code


class _Reader:
    """Collects the lines of a process, and wakes who waits for one."""

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self.lines: list[str] = []
        self._more, self._ended = asyncio.Condition(), False
        self.task = asyncio.create_task(self._read(stream))

    async def _read(self, stream: asyncio.StreamReader) -> None:
        async for line in stream:
            async with self._more:
                self.lines.append(line.decode().rstrip("\n"))
                self._more.notify_all()
        async with self._more:
            self._ended = True
            self._more.notify_all()

    async def says(self, form: str) -> str:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._more:
                while not (found := next((line for line in self.lines if re.search(form, line)), None)):
                    assert not self._ended, f"it ended, and did not say {form!r}: {self.lines}"
                    await self._more.wait()
                return found
        except TimeoutError as error:
            raise AssertionError(f"it did not say {form!r}: {self.lines}") from error


@asynccontextmanager
async def workbench(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> AsyncIterator[Workbench]:
    """`optipath run` with these arguments, on free ports."""
    process = await asyncio.create_subprocess_exec(
        *(OPTIPATH, "run", *map(str, arguments), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"),
        env={**os.environ, **(environment or {})},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    reader = _Reader(process.stdout)
    try:
        api, admin = await reader.says("API .*http://"), await reader.says("admin .*http://")
        bound = Bound(*(addresses(line.split("http://")[1].removesuffix("/v1")) for line in (api, admin)))
        async with client() as http:
            yield Workbench(process, reader.lines, Router(bound, http), reader)
    finally:
        if process.returncode is None:
            process.send_signal(SIGINT)
        await process.wait()
        await reader.task
