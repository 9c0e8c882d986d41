"""The Vercel AI SDK, over every surface, with every dialect of providers."""

from pathlib import Path

import pytest

from optipath_cli.simulator import Simulator
from support.apps import app_says
from support.router import Files

APP = Path(__file__).with_name("app.mjs")


@pytest.mark.row("B10", "E01")
async def test_an_app_needs_no_change(simulator: Simulator, files: Files) -> None:
    assert APP.with_name("node_modules").is_dir(), "its packages are not there: `make e2e` installs them"
    status, said = await app_says(simulator, files, "node", APP)
    assert status == 0, said
