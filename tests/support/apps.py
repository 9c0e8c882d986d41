"""Apps as their authors write them, run as programs against a router whose providers are the simulator."""

import asyncio
import os
from pathlib import Path

from optipath_cli.simulator import Simulator
from optipath_snapshot import USUALLY_LOST, Saying, Snapshot
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.router import Files, running

PROVIDERS = {
    "openai": ("OpenAI", "/v1"),
    "mistral": ("Mistral", "/v1"),
    "anthropic": ("Anthropic", ""),
    "gemini": ("Gemini", "/v1beta"),
    "ollama": ("Ollama", ""),
}
"""Type and base path, by the name that models begin with."""
MAY_LOSE = tuple(sorted({*USUALLY_LOST, Saying.TOOL_CHOICE}))
MODELS = {"ok": "ok", "tool": "tool", "plan": "tool"}
"""Behaviour, by what a model's name ends with."""


def everybody(simulator: Simulator) -> Snapshot:
    """A snapshot in which the simulator is a provider of every dialect."""
    base = simulator.url.removesuffix("/v1")
    return snapshot(
        # Nothing makes a model of Ollama's call a tool, so that its policy must allow that to be lost.
        *(
            route(f"ollama/ollama-{model}", rule=model, models=[f"ollama-{model}"], may_lose=MAY_LOSE)
            for model in MODELS
        ),
        providers=[provider(name, type=kind, url=base + path) for name, (kind, path) in PROVIDERS.items()],
        targets=[
            # Those who are not asked to count tokens in a stream count them by themselves.
            target(f"{name}/{name}-{model}", upstream_model=f"{behaviour}+usage-last")
            for name in PROVIDERS
            for model, behaviour in MODELS.items()
        ],
        egress=LOOPBACK,
    )


async def app_says(simulator: Simulator, files: Files, *command: str | Path) -> tuple[int | None, str]:
    """How an app ended that was called with the router's URL and all providers, and what it said."""
    files.put(everybody(simulator))
    async with running(files.settings()) as router:
        app = await asyncio.create_subprocess_exec(
            *command,
            router.url,
            *PROVIDERS,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            # They would like to know about the machine, its proxies and its keys.
            env={"PATH": os.environ["PATH"], "HOME": str(files.root), "NO_PROXY": "*"},
        )
        said, _ = await app.communicate()
    return app.returncode, said.decode()
