"""The samples of several namespaces: what each namespace gets of what the platform team wrote, by its labels alone."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.json_schema import complaints
from optipath_cli.manifests import read_manifests
from optipath_operator.catalogue.read import built_in
from optipath_operator.compile import Compiled, Gathered, compile_namespace
from optipath_operator.resources.crds import KINDS, definition
from optipath_snapshot import Snapshot

EXAMPLES = Path(__file__).parents[2] / "deploy" / "examples"
HOME = "optipath-system"
SCHEMAS = {kind.name: definition(kind)["spec"]["versions"][0]["schema"]["openAPIV3Schema"] for kind in KINDS}
NAMESPACES = {
    "tiers": ("checkout", "search", "lab", HOME),
    "sharing": ("search", "platform"),
    "dev-and-prod": ("shop-dev", "shop-prod", HOME),
}


def manifests(folder: str) -> list[Any]:
    return list(read_manifests([str(EXAMPLES / folder)]))


def compiled(folder: str, namespace: str, *, labels: dict[str, str] | None = None) -> Compiled:
    """What comes of a sample for a namespace, which may be given other labels."""
    written = manifests(folder)
    for each in written:
        if labels is not None and (each["kind"], each["metadata"]["name"]) == ("Namespace", namespace):
            each["metadata"]["labels"] = labels
    return compile_namespace(Gathered(namespace, tuple(written), built_in()))


def first_choice(snapshot: Snapshot) -> str:
    denied = {target.name for target in snapshot.targets if target.denied_by}
    return next(used.target for used in snapshot.routes[0].targets if used.target not in denied)


@pytest.mark.parametrize(
    ("folder", "namespace"), [(folder, each) for folder, namespaces in NAMESPACES.items() for each in namespaces]
)
def test_a_sample_compiles_without_a_word_for_each_of_its_namespaces(folder: str, namespace: str) -> None:
    assert compiled(folder, namespace).problems == ()


@pytest.mark.parametrize(
    "path",
    sorted(path for folder in NAMESPACES for path in EXAMPLES.glob(f"{folder}/**/*.yaml")),
    ids=lambda path: path.relative_to(EXAMPLES).as_posix(),
)
def test_a_sample_fits_the_crds(path: Path) -> None:
    for manifest in yaml.safe_load_all(path.read_text()):
        if manifest["kind"] != "Namespace":
            schema = SCHEMAS[manifest["kind"]]
            assert complaints(schema["properties"]["spec"], manifest["spec"]) == []


@pytest.mark.row("A28", "B33")
def test_tiers_differ_in_models_attempts_hedging_time_and_number() -> None:
    gold, silver, bronze = (compiled("tiers", each).snapshot for each in ("checkout", "search", "lab"))
    assert [snapshot.tier for snapshot in (gold, silver, bronze)] == ["gold", "silver", None]
    assert [first_choice(snapshot).rpartition("/")[2] for snapshot in (gold, silver, bronze)] == [
        "gpt-5",
        "gpt-5-mini",
        "gpt-5-nano",
    ]
    patience = [snapshot.routes[0].resilience for snapshot in (gold, silver, bronze)]
    assert [each.attempts for each in patience] == [3, 2, 1]
    assert [each.request_timeout_seconds for each in patience] == [600, 90, 60]
    assert [each.hedge is not None for each in patience] == [True, False, False]
    assert [
        {limit.max_concurrent: limit.queue_length for limit in snapshot.concurrency}
        for snapshot in (gold, silver, bronze)
    ] == [{64: 32}, {16: 0}, {4: 0}]


@pytest.mark.row("A28")
def test_a_namespace_that_loses_its_label_falls_to_the_lowest_tier() -> None:
    lost, lab = compiled("tiers", "checkout", labels={}).snapshot, compiled("tiers", "lab").snapshot
    assert lost == lab.model_copy(update={"namespace": "checkout"})


@pytest.mark.row("A32")
def test_the_same_app_gets_a_cheap_model_in_dev_and_a_strong_one_in_prod() -> None:
    dev, prod = (compiled("dev-and-prod", each).snapshot for each in ("shop-dev", "shop-prod"))
    assert first_choice(dev) == "openai@optipath-system/gpt-5-nano"
    assert first_choice(prod) == "openai@optipath-system/gpt-5"


@pytest.mark.case("X03")
def test_without_the_label_that_its_owner_asks_for_a_provider_is_not_found() -> None:
    told = compiled("sharing", "search", labels={})
    assert [each.name for each in told.snapshot.providers] == ["openai@platform"]
    assert [problem.message for problem in told.problems] == [
        "target 'mistral/mistral-medium-latest' is not listed by any provider in 'platform'"
    ]
