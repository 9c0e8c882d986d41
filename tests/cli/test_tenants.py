"""The workbench with files of several namespaces."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from optipath_cli.keys import KeyFolder
from optipath_cli.main import main
from optipath_cli.workbench import Workbench
from optipath_snapshot import decode
from support.tenants import HOME, Manifest, in_tier, policy, provider
from support.workbench import write

SHARED = provider(HOME, "models", "gpt-5", "gpt-5-nano", sharing={"from": "All"})
BRONZE = policy(
    HOME,
    "bronze",
    scope={"mode": "Overrides", "tiers": ["bronze"], "clamp": {"attempts": 1, "targets": [{"model": "*-nano"}]}},
)
SILVER = policy(HOME, "silver", scope={"mode": "Defaults", "tiers": ["silver"]}, resilience={"attempts": 2})
CHAT = policy("team-a", "chat", "models@optipath-system/gpt-5-nano")


def optipath(command: str, *arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [command, *map(str, arguments)])


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return write(tmp_path / "in.yaml", SHARED, BRONZE, SILVER, in_tier("team-a", "bronze"), CHAT)


def test_what_speaks_to_a_namespace_is_compiled_with_it_and_nobody_is_told_that_it_is_passed_over(files: Path) -> None:
    result = optipath("compile", files)
    assert (result.exit_code, result.stderr) == (0, "")
    snapshot = decode(result.stdout_bytes).snapshot
    assert (snapshot.namespace, snapshot.tier) == ("team-a", "bronze")
    assert [target.name for target in snapshot.targets] == ["models@optipath-system/gpt-5-nano"]
    assert snapshot.routes[0].provenance == {"resilience.attempts": "optipath-system/bronze@1"}


def test_another_namespace_may_be_the_operator_s(tmp_path: Path) -> None:
    elsewhere = write(
        tmp_path / "in.yaml", policy("llm", "slow", scope=BRONZE["spec"]["scope"]), in_tier("b", "bronze")
    )
    told = optipath("compile", elsewhere, "--namespace", "b", "--operator-namespace", "llm")
    assert decode(told.stdout_bytes).snapshot.resilience.attempts == 1
    other = optipath("compile", elsewhere, "--namespace", "b")
    assert decode(other.stdout_bytes).snapshot.resilience.attempts == 3
    assert "RoutingPolicy llm/slow: metadata.namespace: is passed over" in other.stderr


def test_what_is_wrong_with_what_plays_a_part_is_told_too(tmp_path: Path) -> None:
    broken = policy(HOME, "bronze", scope={"mode": "Overrides", "clamp": {"attempts": 7}})
    shared = provider("platform", "llama", "m", type="Nobody")
    unused = provider("platform", "unused", "m", type="Nobody")
    chat = policy("team-a", "chat", "llama@platform/m")
    result = optipath("compile", write(tmp_path / "in.yaml", broken, shared, unused, chat), "--namespace", "team-a")
    assert result.exit_code == 1
    assert (
        "invalid: RoutingPolicy optipath-system/bronze: spec.scope.clamp.attempts: must be at most 3" in result.stderr
    )
    assert "invalid: ModelProvider platform/llama: spec.type: " in result.stderr
    assert "ModelProvider platform/unused: metadata.namespace: is passed over" in result.stderr
    assert "ModelProvider platform/unused: spec.type" not in result.stderr


def test_provenance_is_a_table_in_place_of_the_snapshot(files: Path, tmp_path: Path) -> None:
    result = optipath("compile", files, "--provenance", "--output", tmp_path / "snapshot.json")
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[0] == ["rule", "field", "value", "from"]
    assert ["team-a/chat@1", "all", "resilience.attempts", "1", "optipath-system/bronze@1"] in lines
    assert ["team-a/chat@1", "all", "resilience.idleTimeout", "30s", "the", "default"] in lines
    assert decode((tmp_path / "snapshot.json").read_bytes()).snapshot.tier == "bronze"


def test_provenance_as_json(files: Path) -> None:
    result = optipath("compile", files, "--provenance", "--json")
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert {
        "policy": "team-a/chat@1",
        "rule": "all",
        "field": "resilience.attempts",
        "value": "1",
        "source": "optipath-system/bronze@1",
    } in told


def test_explain_says_the_tier_and_what_the_rule_does_not_say_itself(files: Path) -> None:
    said = optipath("explain", files, "Hello").stdout
    assert said.startswith("tier        bronze\n")
    assert "\nfrom above  resilience.attempts 1: optipath-system/bronze@1\n" in said
    told = json.loads(optipath("explain", files, "Hello", "--json").stdout)
    assert (told["tier"], told["provenance"]) == ("bronze", {"resilience.attempts": "optipath-system/bronze@1"})


@pytest.fixture
def bench(files: Path, tmp_path: Path) -> Workbench:
    (tmp_path / "kept").mkdir()
    kept = tmp_path / "kept" / "snapshot.json"
    return Workbench([str(files)], "team-a", (), kept, KeyFolder(tmp_path / "keys", None, {}))


def edited(bench: Workbench, files: Path, *manifests: Manifest) -> tuple[str | None, int]:
    """Tier and attempts once the files hold these manifests."""
    write(files, *manifests)
    assert bench.look() is None
    edition = bench.look()
    assert edition is not None
    snapshot = edition.compiled.snapshot
    return snapshot.tier, snapshot.routes[0].resilience.attempts


@pytest.mark.row("A28")
def test_a_label_that_changes_is_in_effect_with_the_next_edition(bench: Workbench, files: Path) -> None:
    assert bench.edition.compiled.snapshot.routes[0].resilience.attempts == 1
    rest = (SHARED, BRONZE, SILVER, CHAT)
    assert edited(bench, files, *rest, in_tier("team-a", "silver")) == ("silver", 2)
    assert edited(bench, files, *rest, in_tier("team-a", None)) == (None, 3)


def test_a_broken_edit_of_what_speaks_from_above_keeps_its_last_good_form(bench: Workbench, files: Path) -> None:
    broken = policy(HOME, "bronze", scope={"mode": "Overrides", "clamp": {"attempts": "one"}})
    rest = (SHARED, SILVER, CHAT, in_tier("team-a", "bronze"))
    assert edited(bench, files, *rest, broken) == ("bronze", 1)
    assert any(problem.resource.name == "bronze" for problem in bench.edition.problems)
    assert edited(bench, files, *rest) == ("bronze", 3)
