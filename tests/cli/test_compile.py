"""`optipath compile`."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from optipath_cli.main import main
from optipath_snapshot import MAX_BYTES, decode
from support.workbench import policy, provider, write

EXAMPLES = Path(__file__).parents[2] / "deploy" / "examples"
ACME = provider("https://acme.example/v1")


def compiled(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["compile", *map(str, arguments)])


@pytest.mark.row("B18")
@pytest.mark.parametrize("example", ["quickstart", "demo"])
def test_an_example_has_no_problems(example: str) -> None:
    result = compiled(EXAMPLES / example)
    assert (result.exit_code, result.stderr) == (0, "")
    assert decode(result.stdout_bytes).snapshot.routes


def test_the_snapshot_is_canonical_and_counts_what_it_is_told(tmp_path: Path) -> None:
    one = write(tmp_path / "one.yaml", ACME, policy("acme/small"))
    other = write(tmp_path / "other.yaml", policy("acme/small"), ACME)
    assert compiled(one, "--generation", "7").stdout_bytes == compiled(other, "--generation", "7").stdout_bytes
    assert decode(compiled(one, "--generation", "7").stdout_bytes).generation == 7


def test_the_snapshot_goes_into_a_file(tmp_path: Path) -> None:
    result = compiled(write(tmp_path / "in.yaml", ACME), "--output", tmp_path / "snapshot.json")
    assert result.stdout == ""
    assert decode((tmp_path / "snapshot.json").read_bytes()).snapshot.namespace == "default"


def test_what_leads_nowhere_is_told_and_the_rest_compiled(tmp_path: Path) -> None:
    result = compiled(write(tmp_path / "in.yaml", ACME, policy("acme/small", "acme/tiny")))
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "unresolved: RoutingPolicy default/chat: spec.rules[0].targets[1]: target 'acme/tiny'"
    )
    assert [used.target for used in decode(result.stdout_bytes).snapshot.routes[0].targets] == ["acme/small"]


def test_a_field_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    result = compiled(write(tmp_path / "in.yaml", ACME, policy("acme/small", strategy="orderd")))
    assert result.exit_code == 1
    assert "invalid: RoutingPolicy default/chat: spec.rules[0].strategy.orderd: is not a field" in result.stderr


def test_a_warning_is_no_failure(tmp_path: Path) -> None:
    unpriced = provider("https://acme.example/v1")
    del unpriced["spec"]["models"][0]["pricing"]
    result = compiled(write(tmp_path / "in.yaml", unpriced))
    assert result.exit_code == 0
    assert "warning: ModelProvider default/acme: spec.models[0].pricing: price is not known" in result.stderr


def test_problems_as_json(tmp_path: Path) -> None:
    result = compiled(write(tmp_path / "in.yaml", ACME, policy("acme/tiny")), "--json")
    problems = [json.loads(line) for line in result.stderr.splitlines()]
    assert {(each["severity"], each["kind"], each["name"]) for each in problems} == {
        ("Unresolved", "RoutingPolicy", "chat")
    }
    assert {each["field"] for each in problems} == {"spec.rules[0].targets", "spec.rules[0].targets[0]"}


def test_problems_are_plain_lines_but_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = write(tmp_path / "in.yaml", ACME, policy("acme/tiny"))
    assert "\x1b[" not in compiled(broken).stderr
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[31munresolved: " in compiled(broken).stderr


def test_a_broken_file_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "in.yaml").write_text("kind: [")
    result = compiled(tmp_path / "in.yaml")
    assert result.exit_code == 1
    assert f"Error: {tmp_path}/in.yaml: document 1, line " in result.stderr
    assert result.stdout == ""


def test_a_private_host_needs_an_egress(tmp_path: Path) -> None:
    lan = write(tmp_path / "in.yaml", provider("http://vllm.lan:8000/v1"))
    assert "'http://vllm.lan:8000/v1' is not called" in compiled(lan).stderr
    assert compiled(lan, "--egress", "vllm.lan:8000,plaintext").exit_code == 0


def test_the_sources_that_a_config_map_keeps_beside_the_snapshot_count(tmp_path: Path) -> None:
    models = {f"model-{number}{'x' * 180}": "y" * 190 for number in range(200)}
    providers = [provider("https://acme.example/v1", f"acme-{number}", models) for number in range(4)]
    alone, whole = tmp_path / "alone.json", write(tmp_path / "in.yaml", *providers)
    half = compiled(write(tmp_path / "half.yaml", *providers[:2]), "--output", alone)
    assert (half.exit_code, alone.stat().st_size * 2 < MAX_BYTES) == (0, True)
    result = compiled(whole)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "the snapshot and the sources that are kept with it have" in result.stderr


def test_more_than_a_config_map_holds_is_refused(tmp_path: Path) -> None:
    models = {f"model-{number}{'x' * 180}": "y" * 190 for number in range(200)}
    providers = [provider("https://acme.example/v1", f"acme-{number}", models) for number in range(8)]
    result = compiled(write(tmp_path / "in.yaml", *providers))
    assert result.exit_code == 1
    assert "bytes, and a ConfigMap holds 921600\n" in result.stderr
    assert result.stdout == ""


def test_provenance_is_left_out_where_there_is_no_room_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    files = EXAMPLES / "tiers", EXAMPLES / "tiers" / "lab", "--namespace", "lab"
    whole = decode(compiled(*files).stdout_bytes).snapshot
    assert any(route.provenance for route in whole.routes)
    monkeypatch.setattr("optipath_cli.compile.MAX_BYTES", 1)
    (least,) = re.findall(r"have (\d+) bytes", compiled(*files).stderr)
    monkeypatch.setattr("optipath_cli.compile.MAX_BYTES", int(least))
    tight = decode(compiled(*files).stdout_bytes).snapshot
    assert [route.provenance for route in tight.routes] == [{}] * len(whole.routes)
    assert [route.resilience for route in tight.routes] == [route.resilience for route in whole.routes]
