"""`optipath run`: the whole product on one machine. The same compile, the same router, manifests from files."""

import logging
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import uvloop

from optipath_cli.inputs import egress_option, labels_option, namespace_of, namespace_option, operator_namespace_option
from optipath_cli.keys import KeyFolder
from optipath_cli.logs import log_to
from optipath_cli.sources import read_sources
from optipath_cli.terminal import Terminal
from optipath_cli.workbench import Edition, Workbench, watched
from optipath_router.server import Bound, CannotListen, serve
from optipath_router.settings import LOG_LEVELS, Address, Settings, addresses
from optipath_snapshot import EgressRule, Snapshot


def _listen(text: str) -> tuple[Address, ...]:
    try:
        return addresses(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@click.argument("files", metavar="FILES...", nargs=-1, required=True, type=click.Path(exists=True))
@namespace_option
@operator_namespace_option
@click.option(
    "--listen", metavar="HOST:PORT", type=_listen, default="127.0.0.1:7080", show_default=True, help="The API."
)
@click.option(
    "--admin",
    metavar="HOST:PORT",
    type=_listen,
    default="127.0.0.1:7081",
    show_default=True,
    help="Probes and metrics.",
)
@click.option(
    "--credentials",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Keys, a file each; OPTIPATH_KEY_<NAME> in the environment is one, too.",
)
@labels_option
@egress_option
@click.option("--log-level", type=click.Choice(LOG_LEVELS, case_sensitive=False), default="INFO", show_default=True)
def run(
    *,
    files: tuple[str, ...],
    namespace: str | None,
    home: str,
    listen: tuple[Address, ...],
    admin: tuple[Address, ...],
    credentials: Path | None,
    labels: Mapping[str, str],
    egress: tuple[EgressRule, ...],
    log_level: str,
) -> None:
    """Run the router on manifests from files, which are watched.

    FILES are YAML files and folders of them. An edit is in effect a moment after the file is saved, for the requests
    that come then; a broken one changes nothing. Ctrl-C stops, SIGTERM lets open requests end first.
    """
    # Until the router listens to signals itself, this leaves by the door, and no key stays behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    terminal = Terminal()
    log_to(terminal, logging.WARNING)
    named = namespace_of(read_sources(files, {}).manifests, namespace, home)
    with TemporaryDirectory(prefix="optipath-") as folder:
        settings = _settings(Path(folder), listen, admin, named, log_level)
        _write_labels(settings.podinfo, labels)
        keys = KeyFolder(settings.credentials, credentials, os.environ)
        workbench = Workbench(files, named, egress, settings.snapshot, keys, home=home)

        def started(bound: Bound) -> None:
            _banner(terminal, bound, workbench.edition, keys)
            log_to(terminal, log_level)

        try:
            with watched(workbench, lambda edition: _reloaded(terminal, edition)):
                uvloop.run(serve(settings, started))
        except CannotListen as error:
            raise click.ClickException(str(error)) from error


def _settings(
    folder: Path, listen: tuple[Address, ...], admin: tuple[Address, ...], namespace: str, log_level: str
) -> Settings:
    """The settings of a router whose files are in a private folder."""
    return Settings(
        snapshot=folder / "snapshot.json",
        credentials=folder / "credentials",
        podinfo=folder / "podinfo",
        listen=listen,
        admin=admin,
        namespace=namespace,
        log_level=log_level,
    )


def _write_labels(podinfo: Path, labels: Mapping[str, str]) -> None:
    podinfo.mkdir()
    (podinfo / "labels").write_text("".join(f'{name}="{value}"\n' for name, value in labels.items()))


def _banner(terminal: Terminal, bound: Bound, edition: Edition, keys: KeyFolder) -> None:
    """Where the router is, what it routes, and what is wrong."""
    snapshot = edition.compiled.snapshot
    terminal.facts(
        [
            ("API", f"http://{bound.api[0]}/v1"),
            ("admin", f"http://{bound.admin[0]}"),
            ("namespace", snapshot.namespace),
            *([("tier", snapshot.tier)] if snapshot.tier else []),
            ("models", ", ".join(sorted({target.model for target in snapshot.targets})) or "none"),
        ]
    )
    if snapshot.routes:
        terminal.table(("rule", "asked for", "strategy", "targets"), tuple(_rules(snapshot)))
    _wrong(terminal, edition)
    for provider in snapshot.providers:
        if provider.keys and not any(map(keys.has, provider.keys)):
            variable = f"OPTIPATH_KEY_{provider.keys[0].upper().replace('-', '_')}"
            terminal.line(f"warning: no key for provider {provider.name}: set {variable}, or --credentials", "yellow")


def _rules(snapshot: Snapshot) -> Iterator[tuple[str, str, str, str]]:
    for route in snapshot.routes:
        asked = ", ".join(route.match.models) or "any model"
        targets = ", ".join(used.target for used in route.targets) or "nobody"
        policy = route.policy.name if route.policy.namespace == snapshot.namespace else route.policy.full_name
        yield f"{policy}/{route.rule}", asked, route.strategy.kind, targets


def _reloaded(terminal: Terminal, edition: Edition) -> None:
    """What an edit came to. That a snapshot is in force, the router says itself."""
    terminal.line(f"files read: {', '.join(edition.changes) or 'nothing changed'}", "bold")
    _wrong(terminal, edition)
    if not edition.written:
        terminal.line(f"generation {edition.generation} stays in force")


def _wrong(terminal: Terminal, edition: Edition) -> None:
    for message in edition.unread:
        terminal.line(f"unreadable: {message}", "bold red")
    terminal.problems(edition.problems)
