"""What a router has loaded: what its snapshot and its callers need, and no more."""

import signal
from collections.abc import Awaitable, Callable

import httpx
import pytest

from optipath_cli.simulator import Simulator
from optipath_snapshot import Snapshot
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.router import Files, Router, chain, program

TELLS_WHAT_IT_LOADED = """
import atexit, os, pathlib, sys
atexit.register(lambda: pathlib.Path(os.environ["LOADED"]).write_text("\\n".join(sys.modules)))
from optipath_router.main import main
main()
"""
SMALL = {
    "anthropic": {"count_tokens", "counting", "facts", "faults", "models", "sayings"},
    "gemini": {"sayings"},
    "ollama": {"sayings"},
    "responses": {"faults"},
}
"""Of each wire format, what every router has: names, paths, errors, and what a format can say."""
SENSES = ("language", "model", "sensitivity", "timeliness")


async def loaded(files: Files, ask: Callable[[Router], Awaitable[httpx.Response]] | None = None) -> set[str]:
    """The router's own modules as they are in the end, when a router was asked something or nothing at all."""
    told = files.root / "loaded"
    async with program(files.environment(LOADED=str(told)), ("-c", TELLS_WHAT_IT_LOADED)) as started:
        if ask is not None:
            assert (await ask(started.router)).status_code == 200
        started.process.send_signal(signal.SIGINT)
        assert await started.stopped() == 0
    prefix = "optipath_router."
    return {name.removeprefix(prefix) for name in told.read_text().split() if name.startswith(prefix)}


def of(kind: str) -> Snapshot:
    """A snapshot with one provider of a type, whom nobody calls."""
    one, model = provider("p", url="http://127.0.0.1:9", type=kind), target("p/m")
    return snapshot(route(model.name, models=["auto"]), providers=[one], targets=[model], egress=LOOPBACK)


def spoken(modules: set[str], dialect: str) -> set[str]:
    """What is loaded of a wire format, beyond what every router has."""
    prefix = f"providers.{dialect}."
    return {name.removeprefix(prefix) for name in modules if name.startswith(prefix)} - SMALL[dialect]


@pytest.mark.row("C28")
async def test_a_router_whose_callers_and_providers_speak_as_openai_does_has_loaded_no_other_wire_format(
    simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, "ok"))
    modules = await loaded(files, lambda router: router.ask())
    assert "providers.openai.dialect" in modules
    assert {dialect: found for dialect in SMALL if (found := spoken(modules, dialect))} == {}
    assert "providers.openai.codec" not in modules
    assert modules.isdisjoint(f"classify.{sense}" for sense in SENSES)


@pytest.mark.parametrize("kind", ["Anthropic", "Gemini", "Ollama"])
async def test_a_provider_of_another_wire_format_is_prepared_for_before_anybody_asks(kind: str, files: Files) -> None:
    files.put(of(kind))
    modules = await loaded(files)
    assert {"providers.openai.codec", f"providers.{kind.lower()}.codec"} <= modules
    others = SMALL.keys() - {kind.lower()}
    assert {dialect: found for dialect in others if (found := spoken(modules, dialect))} == {}
