"""What the examples' READMEs show of the workbench is what one sees; `pytest --update-cases` rewrites it."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from optipath_cli.main import main

ROOT = Path(__file__).parents[2]
SHOWN = re.compile(r"(?m)^```console\n\$ optipath ((?:explain|compile) .*)\n((?:(?!```).*\n)*)```$")


READMES = [
    path for path in sorted((ROOT / "deploy" / "examples").glob("*/README.md")) if SHOWN.search(path.read_text())
]


def seen(command: str) -> str:
    result = CliRunner().invoke(main, shlex.split(command))
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.parent.name)
def test_a_command_says_what_the_readme_shows(
    path: Path, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    text = path.read_text()
    shows = SHOWN.sub(lambda found: f"```console\n$ optipath {found[1]}\n{seen(found[1])}```", text)
    if pytestconfig.getoption("--update-cases"):
        path.write_text(shows)
        text = shows
    assert text == shows
