"""`optipath compile`: what manifests mean, as the snapshot that a router reads, and what is wrong with them."""

import json
import sys
from dataclasses import asdict
from typing import BinaryIO

import click

from optipath_cli.inputs import (
    egress_option,
    files_argument,
    gathered,
    namespace_option,
    operator_namespace_option,
)
from optipath_cli.meaning import meaning
from optipath_cli.provenance import origins
from optipath_cli.terminal import Terminal
from optipath_operator.compile import Compiled
from optipath_operator.compile.size import config_size, sources_text
from optipath_operator.resources import Problem, Severity
from optipath_snapshot import MAX_BYTES, EgressRule, Snapshot, encode


@click.command()
@files_argument
@namespace_option
@operator_namespace_option
@egress_option
@click.option("--generation", type=click.IntRange(min=0), default=1, show_default=True, help="What the file counts.")
@click.option("-o", "--output", type=click.File("wb"), help="Where the snapshot goes; standard output if not given.")
@click.option("--json", "as_json", is_flag=True, help="Problems as JSON, one object a line; so is the provenance.")
@click.option(
    "--provenance", is_flag=True, help="Print which policy each field of each rule comes from, not the snapshot."
)
def compile(  # noqa: A001 - a command has the name of its file
    *,
    files: tuple[str, ...],
    namespace: str | None,
    home: str,
    egress: tuple[EgressRule, ...],
    generation: int,
    output: BinaryIO | None,
    as_json: bool,
    provenance: bool,
) -> None:
    """Compile manifests to a snapshot, as the operator does.

    FILES are YAML files, folders of them, or - for standard input. Problems go to standard error. The exit code is
    1 if something is invalid or leads nowhere; the snapshot is that of all the rest.
    """
    meant = meaning(gathered(files, namespace, egress, home))
    compiled = meant.compiled
    if as_json:
        for problem in meant.problems:
            click.echo(json.dumps(_plain(problem), ensure_ascii=False), err=True)
    else:
        Terminal(stderr=True).problems(meant.problems)
    data, size = _encoded(compiled, generation)
    if size > MAX_BYTES:
        data, size = _encoded(compiled.without_provenance(), generation)
    if size > MAX_BYTES:
        raise click.ClickException(
            f"the snapshot and the sources that are kept with it have {size} bytes, and a ConfigMap holds {MAX_BYTES}"
        )
    if provenance:
        _show_provenance(compiled.snapshot, as_json=as_json)
    if output is not None:
        output.write(data)
    elif not provenance:
        click.echo(data, nl=False)
    sys.exit(int(any(problem.severity is not Severity.WARNING for problem in meant.problems)))


def _encoded(compiled: Compiled, generation: int) -> tuple[bytes, int]:
    """A snapshot's file, and the bytes that it takes in a ConfigMap beside its sources."""
    data = encode(compiled.snapshot, generation)
    return data, config_size(data.decode(), sources_text(compiled.sources))


def _show_provenance(snapshot: Snapshot, *, as_json: bool) -> None:
    found = tuple(origins(snapshot))
    if as_json:
        for each in found:
            click.echo(json.dumps(asdict(each), ensure_ascii=False))
        return
    rows = [(f"{each.policy} {each.rule}", each.field, each.value, each.source) for each in found]
    Terminal().table(("rule", "field", "value", "from"), rows, headed=True)


def _plain(problem: Problem) -> dict[str, str]:
    ref = problem.resource
    return {
        "severity": problem.severity,
        "kind": ref.kind,
        "namespace": ref.namespace,
        "name": ref.name,
        "field": problem.field,
        "message": problem.message,
    }
