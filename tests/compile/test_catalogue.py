"""Compiling with the catalogue that ships, and the names that three packages must agree on."""

from decimal import Decimal

from optipath_operator.catalogue.facts import PRICES
from optipath_operator.catalogue.read import built_in
from optipath_operator.compile import Gathered, compile_namespace
from optipath_operator.resources import PricingSpec, StrategySpec
from optipath_snapshot import Capability, Pricing, decode, encode


def test_facts_of_a_model_come_from_the_catalogue_that_ships() -> None:
    manifest = {
        "kind": "ModelProvider",
        "metadata": {"name": "openai"},
        "spec": {"type": "OpenAI", "models": [{"name": "gpt-5-mini"}]},
    }
    compiled = compile_namespace(Gathered("team-a", (manifest,), built_in()))
    (target,) = compiled.snapshot.targets
    assert compiled.problems == ()
    assert target.pricing is not None
    assert (target.pricing.input_per_mtok, target.pricing.output_per_mtok) == (Decimal("0.25"), Decimal(2))
    assert {"Chat", "Tools"} <= set(target.capabilities)


def test_every_model_that_it_knows_can_be_a_target() -> None:
    # OpenRouter's names that begin with "~" stand for whatever is newest; a resource cannot name them.
    known = {type_: sorted(name for name in models if name[0] != "~") for type_, models in built_in().models.items()}
    manifests = tuple(
        {
            "kind": "ModelProvider",
            "metadata": {"name": f"{type_.lower()}-{start}"},
            "spec": {
                "type": type_,
                "endpoint": {"url": "https://llm.example.com"},
                "models": [{"name": name} for name in names[start : start + 200]],
            },
        }
        for type_, names in known.items()
        for start in range(0, len(names), 200)
    )
    compiled = compile_namespace(Gathered("team-a", manifests, built_in()))
    assert [str(problem) for problem in compiled.problems if problem.severity != "Warning"] == []
    assert len(compiled.snapshot.targets) == sum(map(len, known.values()))
    assert decode(encode(compiled.snapshot, 1)).snapshot == compiled.snapshot


def test_prices_have_one_name_everywhere() -> None:
    assert set(PricingSpec.model_fields) == set(Pricing.model_fields) == set(PRICES)


def test_the_catalogue_speaks_of_capabilities_that_there_are() -> None:
    said = {word for models in built_in().models.values() for facts in models.values() for word in facts.capabilities}
    assert said <= set(Capability)


def test_every_strategy_that_can_be_written_is_compiled() -> None:
    names = [field.alias for field in StrategySpec.model_fields.values()]
    least: dict[str | None, dict[str, str]] = {
        "balanced": {"cost": "1"},
        "costWithin": {"minQuality": "0.5"},
        "plugin": {"name": "mine"},
    }
    rules = [
        {"name": f"r{index}", "strategy": {name: least.get(name, {})}, "targets": [{"provider": "a", "model": "b"}]}
        for index, name in enumerate(names)
    ]
    manifest = {"kind": "RoutingPolicy", "metadata": {"name": "chat"}, "spec": {"rules": rules}}
    compiled = compile_namespace(Gathered("team-a", (manifest,), built_in()))
    kinds = [route.strategy.kind for route in compiled.snapshot.routes]
    assert kinds == ["qualityFloor" if name == "costWithin" else name for name in names]
