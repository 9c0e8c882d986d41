"""What an answer used and cost is the same plain and streamed, on every surface, in every dialect."""

from decimal import Decimal
from typing import Any

import pytest

from optipath_cli.simulator import Simulator
from optipath_snapshot import Pricing
from support.figures import figures
from support.router import Files, running
from support.surfaces import SURFACES, hear
from support.vendors import VENDORS, relay

PRICES = Pricing(input_per_mtok=Decimal("1.25"), output_per_mtok=Decimal(10))
TOOL: dict[str, Any] = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS: dict[str, list[dict[str, Any]]] = {
    "chat": [{"type": "function", "function": {"name": "trip", "parameters": TOOL}}],
    "messages": [{"name": "trip", "input_schema": TOOL}],
    "responses": [{"type": "function", "name": "trip", "parameters": TOOL, "strict": False}],
}


@pytest.mark.row("A22", "C09")
@pytest.mark.parametrize("model", ["ok", "think", "tool"])
@pytest.mark.parametrize("vendor", VENDORS)
async def test_what_was_used_and_what_it_cost_is_the_same_plain_and_streamed(
    vendor: str, model: str, simulator: Simulator, files: Files
) -> None:
    # Mistral counts tokens in every stream, whether or not it is asked to.
    simulator.map[model] = f"{model}+usage-last" if vendor == "mistral" else model
    made = relay(simulator, f"{vendor}/{model}")
    priced = [each.model_copy(update={"pricing": PRICES}) for each in made.targets]
    files.put(made.model_copy(update={"targets": tuple(priced)}))
    async with running(files.settings()) as router:
        records = []
        for surface in SURFACES:
            for streams in (False, True):
                given = {"tools": TOOLS[surface]} if model == "tool" else {}
                heard = await hear(router, surface, streams=streams, **given)
                assert heard.status == 200, heard.body
                records.append(await router.decision(heard.answer))
        told = await figures(router)
    assert {record["outcome"] for record in records} == {"ok"}
    [usage] = {tuple(record["usage"].items()) for record in records}
    used = dict(usage)
    assert (used["estimated"], used["input_tokens"] > 0, used["output_tokens"] > 0) == (False, True, True)
    [cost] = {record["cost"] for record in records}
    due = (used["input_tokens"] * Decimal("1.25") + used["output_tokens"] * 10) / 1_000_000
    assert Decimal(cost) == due
    assert told.total("optipath_cost_dollars_total") == pytest.approx(float(due) * len(records), abs=1e-9)


@pytest.mark.row("C09")
@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("vendor", ["gemini", "ollama", "mistral"])
async def test_what_nobody_counted_is_estimated_and_marked(
    *, vendor: str, surface: str, streams: bool, simulator: Simulator, files: Files
) -> None:
    simulator.map["main"] = "noUsage"
    files.put(relay(simulator, f"{vendor}/main"))
    async with running(files.settings()) as router:
        heard = await hear(router, surface, streams=streams)
        record = await router.decision(heard.answer)
    assert record["usage"]["estimated"] is True
    assert 5 <= record["usage"]["output_tokens"] <= 20
