"""`optipath simulate`: the provider simulator as a server, until it is told to stop."""

import asyncio
import signal

import click

from optipath_cli.simulator import Outcome, Simulator
from optipath_cli.simulator.behaviour import WORDS
from optipath_router.settings import addresses


def _address(_context: click.Context, _option: click.Parameter, value: str) -> tuple[str, int]:
    """Host and port of `127.0.0.1:7090` or `[::1]:7090`."""
    try:
        (address,) = addresses(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not HOST:PORT") from error
    return address.host, address.port


class _Explained(click.Command):
    """A command whose help ends with what model names can say."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as click has it
        """The words, one a line."""
        with formatter.section("What a model name can say (join with +, any other name answers well)"):
            formatter.write_dl([(word.forms.replace(" ", ", "), word.says) for word in WORDS])


@click.command(cls=_Explained)
@click.option(
    "--listen",
    metavar="HOST:PORT",
    default="127.0.0.1:7090",
    show_default=True,
    callback=_address,
    help="Port 0 is any free one.",
)
@click.option("--quiet", is_flag=True, help="No line for each request.")
def simulate(listen: tuple[str, int], *, quiet: bool) -> None:
    """Run a provider made of paper, which speaks OpenAI's chat dialect.

    The model name in a request scripts what happens: `ok` answers, `e500` fails, `slow-3s+cut` is slow and then
    breaks off. GET /stats tells what was asked, POST /reset forgets it, and POST /map {"model": "behaviour"}
    makes a model behave like another name.
    """
    try:
        asyncio.run(_serve(*listen, quiet=quiet))
    except OSError as error:
        raise click.ClickException(f"cannot listen on {listen[0]}:{listen[1]}: {error.strerror}") from error


async def _serve(host: str, port: int, *, quiet: bool) -> None:
    """Serve until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Simulator(host, port, ended=(lambda _: None) if quiet else _print) as simulator:
        click.echo(f"simulator at {simulator.url}, asked about at {simulator.url.removesuffix('/v1')}/stats")
        click.echo("model names say what happens: ok, e500, slow-3s, drip-50+cut-after-3, ... (all: --help)")
        await stop.wait()


def _print(outcome: Outcome) -> None:
    """One request in one line."""
    arrival = outcome.arrival
    asked = f"{arrival.model} as {arrival.behaviour}" if arrival.model else f"{arrival.method} {arrival.path}"
    left = f", caller left {outcome.left} after {outcome.chunks} chunks" if outcome.left else ""
    click.echo(f"{arrival.number} {asked}: {outcome.status or 'no status'} in {outcome.seconds * 1000:.0f} ms{left}")
