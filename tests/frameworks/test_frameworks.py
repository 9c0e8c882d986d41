"""Every framework, each in an environment of its own (`make test` makes them), with every dialect of providers."""

from pathlib import Path

import pytest

from optipath_cli.simulator import Simulator
from support.apps import app_says
from support.router import Files

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[1] / ".venv-frameworks"
FRAMEWORKS = sorted(lock.parent.name for lock in HERE.glob("*/requirements.lock"))


@pytest.mark.row("A03", "A17", "B10", "E01", "E18")
@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_an_app_needs_no_change(framework: str, simulator: Simulator, files: Files) -> None:
    python = ENVIRONMENTS / framework / "bin" / "python"
    assert python.exists(), f"{python} is not there: `make test` makes it"
    status, said = await app_says(simulator, files, python, HERE / framework / "app.py")
    assert status == 0, said
