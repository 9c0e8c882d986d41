"""The official SDKs on every surface, before a provider of every dialect: E01 to E05, E18."""

from typing import Any

import pytest

from optipath_cli.simulator import Simulator
from support.router import Files, running
from support.speakers import SPEAKERS, Said
from support.vendors import VENDORS, relay

HELLO = "Hello nonce-1, how are you today?"


async def asked(surface: str, vendor: str, model: str, simulator: Simulator, files: Files, **given: Any) -> Said:
    """What one SDK is told plainly, which is what it is told in a stream."""
    # Mistral counts tokens in every stream, whether or not it is asked to.
    simulator.map[model] = f"{model}+usage-last" if vendor == "mistral" else model
    files.put(relay(simulator, f"{vendor}/{model}"))
    heard: list[str] = []
    async with running(files.settings()) as router, SPEAKERS[surface](router) as caller:
        whole = await caller.whole(HELLO, **given)
        streamed = await caller.stream(HELLO, heard, **given)
    assert streamed == whole
    assert "".join(heard) == whole.text
    return whole


def ends(surface: str) -> tuple[str, str, str]:
    """How a surface calls an answer that is whole, one that calls tools, and one that was filtered."""
    return {
        "chat": ("stop", "tool_calls", "content_filter"),
        "messages": ("end_turn", "tool_use", "refusal"),
        "responses": ("completed", "completed", "incomplete: content_filter"),
    }[surface]


@pytest.mark.row("A17", "B04", "E01", "E02", "E03", "E18")
@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("surface", SPEAKERS)
async def test_an_answer_is_the_same_whoever_gives_it(
    surface: str, vendor: str, simulator: Simulator, files: Files
) -> None:
    said = await asked(surface, vendor, "ok", simulator, files)
    assert said.text.startswith("I am ok. ")
    assert "nonce-1" in said.text
    assert (said.reasoning, said.refusal, said.calls, said.finish) == ("", "", [], ends(surface)[0])
    assert said.usage is not None
    assert said.usage[0] > 0 < said.usage[1]


@pytest.mark.row("A17", "E01", "E03")
@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("surface", SPEAKERS)
async def test_a_tool_is_called_whoever_calls_it(surface: str, vendor: str, simulator: Simulator, files: Files) -> None:
    said = await asked(surface, vendor, "tool", simulator, files, tool=True)
    [(name, arguments)] = said.calls
    assert name == "trip"
    assert set(arguments) == {"city", "days"}
    assert (said.text, said.finish) == ("", ends(surface)[1])


@pytest.mark.parametrize("vendor", ["anthropic", "gemini", "ollama", "openai"])
@pytest.mark.parametrize("surface", SPEAKERS)
async def test_thoughts_are_told_apart_from_the_answer(
    surface: str, vendor: str, simulator: Simulator, files: Files
) -> None:
    said = await asked(surface, vendor, "think", simulator, files)
    assert said.reasoning
    assert said.text.startswith("I am think. ")
    assert said.reasoning not in said.text
