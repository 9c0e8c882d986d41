"""`optipath` itself."""

import re
from importlib import import_module
from importlib.metadata import requires, version

import click
import pytest
from click.testing import CliRunner

from optipath_cli.main import main


def test_the_version_is_told() -> None:
    assert version("optipath") in CliRunner().invoke(main, ["--version"]).output


def test_a_command_that_is_not_there_is_refused() -> None:
    result = CliRunner().invoke(main, ["rum"])
    assert (result.exit_code, "rum" in result.output) == (2, True)


def test_the_list_says_of_each_command_what_it_says_of_itself() -> None:
    context = click.Context(main)
    listed = " ".join(CliRunner().invoke(main, ["--help"]).output.split())
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        assert f"{name} {command.get_short_help_str(limit=200)}" in listed


@pytest.mark.row("C28")
def test_it_needs_the_packages_agreed_upon_and_no_more() -> None:
    needed = {"": set[str](), "router": set(), "cli": set()}
    for requirement in requires("optipath") or ():
        name = re.match(r"[a-z-]+", requirement)
        extra = requirement.partition("extra == ")[2].strip("'")
        if name and extra in needed:
            needed[extra].add(name[0])
    router = {
        "httptools",
        "httpx",
        "msgspec",
        "prometheus-client",
        "starlette",
        "uvicorn",
        "uvloop",
    }
    assert needed == {"": {"pydantic"}, "router": router, "cli": router | {"click", "pyyaml", "rich"}}


@pytest.mark.row("C28")
@pytest.mark.parametrize("module", ["optipath_router.decide", "optipath_router.server", "optipath_snapshot"])
def test_the_router_is_a_library_too(module: str) -> None:
    assert import_module(module).__doc__
