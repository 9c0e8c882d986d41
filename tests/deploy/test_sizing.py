"""The page that says what OptiPath takes: a figure beside each thing, and a command that is there to measure it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "deploy" / "README.md").read_text()
SECTION = PAGE.partition("## What it takes\n")[2].partition("\n## ")[0]
TARGETS = set(re.findall(r"(?m)^([a-z0-9-]+):", (ROOT / "Makefile").read_text()))


@pytest.mark.row("A36")
def test_what_is_taken_is_told_with_the_command_that_measured_it() -> None:
    rows = [line.split("|")[1:-1] for line in SECTION.splitlines() if line.startswith("| ") and line.count("|") == 5]
    told = {what.strip(): (takes, measured) for what, _, takes, measured in rows}
    assert {"a router: memory", "a router: processor", "a router: storage", "a router: network"} <= told.keys()
    for what in ("a router: memory", "a router: processor"):
        takes, measured = told[what]
        assert re.search(r"\d", takes), what
        assert "`" in measured, what
    assert "What 1,000 pods with routers cost the API server" in SECTION


@pytest.mark.row("A36")
@pytest.mark.parametrize("command", sorted(set(re.findall(r"`((?:make|python -m) [a-z0-9. _-]+)`", SECTION))))
def test_a_command_that_measures_is_there(command: str) -> None:
    *_, name = command.split()
    there = name in TARGETS if command.startswith("make") else (ROOT / name.replace(".", "/") / "__main__.py").exists()
    assert there, command
