"""`make demo`, as a newcomer runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def demo(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "e2e.demo", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.row("A05", "D20")
def test_every_step_of_the_demo_holds() -> None:
    played = demo()
    assert played.returncode == 0, played.stdout + played.stderr
    assert "All 7 steps held" in played.stdout
    assert "FAILED" not in played.stdout
