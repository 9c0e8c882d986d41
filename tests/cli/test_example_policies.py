"""The policies to begin with, explained as a new user would have them explained."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from optipath_cli.main import main

POLICIES = Path(__file__).parents[2] / "deploy" / "examples" / "policies"
EXAMPLES = sorted(POLICIES.glob("*.yaml"))


def explained(policy: Path) -> str:
    request = policy.with_name(f"{policy.stem}.request.json")
    result = CliRunner().invoke(main, ["explain", str(policy), "--request", str(request), "--draw", "0"])
    assert (result.exit_code, result.stderr) == (0, "")
    # The digest changes with each new field of the snapshot.
    return "".join(line for line in result.stdout.splitlines(keepends=True) if not line.startswith("snapshot"))


@pytest.mark.row("A09")
@pytest.mark.parametrize("policy", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_explained_as_it_says(policy: Path, pytestconfig: pytest.Config) -> None:
    told, expected = explained(policy), policy.with_name(f"{policy.stem}.explain.txt")
    if pytestconfig.getoption("--update-cases"):
        expected.write_text(told)
    assert told == expected.read_text()


def test_each_example_has_a_paragraph() -> None:
    readme = (POLICIES / "README.md").read_text()
    assert EXAMPLES
    assert all(f"(`{policy.name}`)" in readme for policy in EXAMPLES)
