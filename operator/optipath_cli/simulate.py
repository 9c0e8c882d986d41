"""`optipath simulate`: the provider simulator as a server, until it is told to stop."""

import asyncio
import signal
from pathlib import Path
from typing import get_args

import click

from optipath_cli.simulator import Outcome, Simulator, Tls
from optipath_cli.simulator.tls import Certificate
from optipath_cli.simulator.words import FAMILIES
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
        """The words, one a line, by what they are about."""
        formatter.write_paragraph()
        formatter.write_text("What a model name can say; join with +. Any other name answers well.")
        for title, words in FAMILIES.items():
            with formatter.section(title):
                formatter.write_dl([(word.forms.replace(" ", ", "), word.says) for word in words])


@click.command(cls=_Explained)
@click.option(
    "--listen",
    metavar="HOST:PORT",
    default="127.0.0.1:7090",
    show_default=True,
    callback=_address,
    help="Port 0 is any free one.",
)
@click.option(
    "--tls",
    type=click.Choice((*get_args(Certificate), "stalled", "plain")),
    help="Speak TLS with such a certificate; or never answer the handshake; or speak plain HTTP to callers of https.",
)
@click.option(
    "--authority",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write down whom callers of --tls are to trust, in PEM.",
)
@click.option("--blackhole-port", metavar="PORT", type=click.IntRange(0, 65535), help="Where connects hang.")
@click.option("--quiet", is_flag=True, help="No line for each request.")
def simulate(
    listen: tuple[str, int], *, tls: Tls | None, authority: Path | None, blackhole_port: int | None, quiet: bool
) -> None:
    """Run a provider made of paper, which speaks every dialect.

    Those are OpenAI's chat completions, Responses and embeddings, Anthropic's Messages, Gemini's and Ollama's own.
    The model name in a request scripts what happens: `ok` answers, `e500` fails, `slow-3s+cut` is slow and then
    breaks off. GET /stats tells what was asked, POST /reset forgets it, and POST /map {"model": "behaviour"}
    makes a model behave like another name.
    """
    host, port = listen
    ended = (lambda _: None) if quiet else _print
    simulator = Simulator(host, port, tls=tls, blackhole_port=blackhole_port, ended=ended)
    if authority is not None:
        if simulator.authority is None:
            raise click.UsageError(f"--authority {authority}: without a certificate by --tls there is nobody to trust")
        try:
            authority.write_text(simulator.authority)
        except OSError as error:
            raise click.ClickException(f"cannot write {authority}: {error.strerror}") from error
    try:
        asyncio.run(_serve(simulator))
    except OSError as error:
        ports = str(port) if blackhole_port is None else f"{port} and {blackhole_port}"
        raise click.ClickException(f"cannot listen on {host}:{ports}: {error.strerror}") from error


async def _serve(simulator: Simulator) -> None:
    """Serve until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with simulator:
        click.echo(f"simulator at {simulator.url}, asked about at {simulator.url.removesuffix('/v1')}/stats")
        click.echo("model names say what happens: ok, e500, slow-3s, drip-50+cut-after-3, ... (all: --help)")
        if simulator.blackhole_port is not None:
            click.echo(f"connects hang at {simulator.host}:{simulator.blackhole_port}")
        await stop.wait()


def _print(outcome: Outcome) -> None:
    """One request in one line."""
    arrival = outcome.arrival
    asked = f"{arrival.model} as {arrival.behaviour}" if arrival.model else f"{arrival.method} {arrival.path}"
    left = f", caller left {outcome.left} after {outcome.chunks} chunks" if outcome.left else ""
    click.echo(f"{arrival.number} {asked}: {outcome.status or 'no status'} in {outcome.seconds * 1000:.0f} ms{left}")
