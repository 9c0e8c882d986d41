"""The files of a router."""

from pathlib import Path

import pytest

from support.router import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)
