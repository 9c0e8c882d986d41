"""`optipath`: the workbench. A command is a file with its name, loaded when it is asked for."""

from importlib import import_module
from typing import Final

import click

_COMMANDS: Final = {
    "run": "Run the router on manifests from files, which are watched.",
    "compile": "Compile manifests to a snapshot, as the operator does.",
    "explain": "Explain where a request would go, and why, without calling anybody.",
    "eval": "Replay recorded outcomes through the router's own understanding and deciding.",
    "simulate": "Run a provider made of paper, which speaks every dialect.",
}


def _loaded(name: str) -> click.Command:
    module = import_module(f"optipath_cli.{name}")
    # A name that Python has already has a line beneath it there.
    command: click.Command = getattr(module, name, None) or getattr(module, f"{name}_")
    return command


class _Workbench(click.Group):
    """A group that loads no command but the one it runs: `--help` is there at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click has it
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as click has it
        if cmd_name not in _COMMANDS:
            return None
        return _loaded(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as click has it
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Workbench, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="optipath")
def main() -> None:
    """Routes LLM traffic: policies in YAML, any OpenAI SDK, only the base URL changed. All without a cluster."""
