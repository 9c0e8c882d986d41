"""The samples: each compiles as it stands, fits the CRDs, and does what its comment says."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from deploy.json_schema import complaints
from optipath_cli.main import main
from optipath_operator.catalogue.read import built_in
from optipath_operator.compile import Compiled, Gathered, compile_namespace
from optipath_operator.resources.crds import KINDS, definition
from optipath_snapshot import Egress

EXAMPLES = Path(__file__).parents[2] / "deploy" / "examples"
POD, APP = EXAMPLES / "pod-with-router.yaml", EXAMPLES / "first-call" / "app.yaml"
FOLDERS = ("quickstart", "first-call", "data-stays-in-the-cluster", "policies", "presets")
SAMPLES = sorted(
    {*EXAMPLES.glob("*.yaml"), *(path for name in FOLDERS for path in EXAMPLES.glob(f"{name}/*.yaml"))} - {POD, APP}
)
SCHEMAS = {kind.name: definition(kind)["spec"]["versions"][0]["schema"]["openAPIV3Schema"] for kind in KINDS}

samples = pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.relative_to(EXAMPLES).as_posix())


def manifests(path: Path) -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load_all(path.read_text()))


def egress(path: Path) -> Egress:
    """What a sample says in its comment that the chart's values must allow."""
    said = re.search(r"(?m)^# egress:\n(#  .*\n)+", path.read_text())
    return Egress.model_validate(yaml.safe_load(re.sub(r"(?m)^# ", "", said[0]))["egress"]) if said else Egress()


def compiled(path: Path, allowed: Egress) -> Compiled:
    return compile_namespace(Gathered("team-a", manifests(path), built_in(), egress=allowed, strict=True))


@samples
def test_a_sample_compiles_without_a_word(path: Path) -> None:
    assert compiled(path, egress(path)).problems == ()


@samples
def test_a_sample_fits_the_crds(path: Path) -> None:
    for manifest in manifests(path):
        schema = SCHEMAS[manifest["kind"]]
        assert complaints(schema["properties"]["spec"], manifest["spec"]) == []


def test_a_private_host_needs_the_egress_rule_that_its_sample_names() -> None:
    path = EXAMPLES / "in-cluster-vllm.yaml"
    assert egress(path) != Egress()
    assert any("egress.allow" in problem.message for problem in compiled(path, Egress()).problems)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_sample_says_in_three_lines_what_it_shows_and_how_one_sees_it(path: Path) -> None:
    first, second, third, *_ = path.read_text().splitlines()
    assert first.startswith("# ")
    assert second.startswith("# ")
    assert third.startswith("#   ")


# What the command in a sample's comment shows, in part.
SEEN = {
    "weighted": "strategy weighted",
    "failover": "2. mistral/mistral-medium-latest",
    "header-routing": "1. openai/gpt-5\n",
    "in-cluster-vllm": "1. vllm/llama-70b",
    "resilience": "3 attempts, 120 s for all of it",
    "several-keys": "1. openai/gpt-5-mini",
    "workload": "1. openai/gpt-5-nano",
}


def test_every_sample_is_seen() -> None:
    assert set(SEEN) == {path.stem for path in EXAMPLES.glob("*.yaml")} - {POD.stem}


@pytest.mark.parametrize(("name", "seen"), SEEN.items(), ids=SEEN)
def test_the_command_in_a_sample_s_comment_shows_it(name: str, seen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES.parents[1])
    said = re.search(r"(?m)^#   optipath (.*)$", (EXAMPLES / f"{name}.yaml").read_text())
    assert said
    result = CliRunner().invoke(main, shlex.split(said[1]))
    assert result.exit_code == 0, result.output
    assert seen in result.output
