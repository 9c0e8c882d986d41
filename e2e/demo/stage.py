"""The stage: three providers made of paper, a router, and a copy of the demo's manifests to edit."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT
from tempfile import TemporaryDirectory
from typing import TypeVar

import httpx

T = TypeVar("T")

MANIFESTS = Path(__file__).parents[2] / "deploy" / "examples" / "demo"
OPTIPATH = str(Path(sys.executable).with_name("optipath"))
PORTS = {"acme": 7090, "globex": 7091, "initech": 7092}
"""Where the manifests find their providers."""
PATIENCE_SECONDS = 20
"""How long anything may take that takes a moment."""


class Unexpected(Exception):
    """Something else was seen than expected; the message says both."""


def wait_for(look: Callable[[], T | None], expected: str) -> T:
    """What a look finds, as soon as it finds something; raises Unexpected when patience is at its end."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.01)
    raise Unexpected(f"expected {expected} within {PATIENCE_SECONDS} s, and saw nothing of it")


@dataclass(frozen=True, slots=True)
class Program:
    """A running program, and the file that it writes to."""

    command: str
    process: "subprocess.Popen[bytes]"
    output: Path

    @property
    def text(self) -> str:
        """All that it has said so far."""
        return self.output.read_text()

    def says(self, form: str) -> str:
        """What stands at the place of the group in what it says, as soon as it says something of this form."""

        def look() -> str | None:
            if found := re.search(form, self.text):
                return found[1]
            if self.process.poll() is not None:
                raise Unexpected(f"expected `{self.command}` to run, and saw it end with: {self.text.strip()}")
            return None

        return wait_for(look, f"`{self.command}` to say {form!r}")


@dataclass(frozen=True, slots=True)
class Stage:
    """Where everything is."""

    router: Program
    url: str
    """The router's base URL, as an SDK takes it."""
    providers: Mapping[str, str]
    """Addresses of the providers, by their names."""
    manifests: Path

    @property
    def policies(self) -> Path:
        """The file to edit."""
        return self.manifests / "policies.yaml"

    def behave(self, provider: str, model: str, behaviour: str) -> None:
        """Make a model at a provider do what the simulator understands: `e503`, `drip-40+tokens-75`, `ok`."""
        httpx.post(f"{self.providers[provider]}/map", json={model: behaviour}, trust_env=False).raise_for_status()

    def decision(self, decision_id: str) -> dict[str, object]:
        """What the router remembers of a decision."""
        url = self.url.removesuffix("/v1")
        found = httpx.get(f"{url}/optipath/decisions/{decision_id}", trust_env=False).raise_for_status()
        decision: dict[str, object] = found.json()["decision"]
        return decision


@contextmanager
def stage(*, standard_ports: bool) -> Iterator[Stage]:
    """Set the stage, and clear it away."""
    with TemporaryDirectory(prefix="optipath-demo-") as name, ExitStack() as running:
        folder = Path(name)
        manifests = folder / "manifests"
        manifests.mkdir()

        def start(title: str, *arguments: str) -> Program:
            return running.enter_context(started(folder / f"{title}.log", *arguments))

        simulators = {
            provider: start(provider, "simulate", "--listen", f"127.0.0.1:{port if standard_ports else 0}")
            for provider, port in PORTS.items()
        }
        providers = {provider: each.says(r"simulator at (\S+)/v1") for provider, each in simulators.items()}
        for source in MANIFESTS.glob("*.yaml"):
            text = source.read_text()
            for provider, port in PORTS.items():
                text = text.replace(f"http://127.0.0.1:{port}", providers[provider])
            (manifests / source.name).write_text(text)
        ports = () if standard_ports else ("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
        router = start("router", "run", str(manifests), *ports)
        yield Stage(router, router.says(r"API +(\S+)"), providers, manifests)


@contextmanager
def started(output: Path, *arguments: str) -> Iterator[Program]:
    """A run of `optipath`, stopped at the end."""
    with output.open("wb") as file, subprocess.Popen([OPTIPATH, *arguments], stdout=file, stderr=file) as process:
        try:
            yield Program(f"optipath {arguments[0]}", process, output)
        finally:
            process.send_signal(SIGINT)
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
