"""`optipath eval`: what strategies would have come to on recorded outcomes, and what presets cost on a trace."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from optipath_cli.evaluation.contenders import (
    POLICY,
    USUAL,
    Contender,
    Field,
    NoContender,
    as_written,
    declared,
    generated,
    left_out,
    named,
    unheard,
)
from optipath_cli.evaluation.evaluate import Setting, evaluate
from optipath_cli.evaluation.held_out import INDEX, HeldOut, NoFolds, Predict, read_held_out, remembered
from optipath_cli.evaluation.plot import plot
from optipath_cli.evaluation.recordings import BadRecordings, Recordings, read_recordings
from optipath_cli.evaluation.report import as_json as evaluation_json
from optipath_cli.evaluation.report import tell
from optipath_cli.evaluation.trace import Priced, priced, read_trace, rising
from optipath_cli.inputs import egress_option, gathered, namespace_option, operator_namespace_option
from optipath_cli.meaning import meaning
from optipath_cli.terminal import Terminal
from optipath_router.classify.model import shipped
from optipath_snapshot import EgressRule, Snapshot

USUAL_FOLDS: Final = Path(".folds")
"""Where `make folds` writes."""


@click.command(name="eval")
@click.argument("dataset", type=click.Path(path_type=Path), required=False)
@click.option(
    "--policy", "files", metavar="FILE", multiple=True, help="Manifests; the recorded models alone if not given."
)
@namespace_option
@operator_namespace_option
@egress_option
@click.option(
    "--strategy",
    "strategies",
    metavar="NAME",
    multiple=True,
    help="An alias, a strategy such as lowestCost or 'costWithin: {minQuality: 0.7}', or policy: the manifests' own "
    "rules.  [default: policy, if given, and auto, eco, balanced, premium]",
)
@click.option("--model", default="auto", show_default=True, help="What the requests ask for under --strategy policy.")
@click.option("--folds", type=click.Path(path_type=Path), help="Models of folds.  [default: .folds, where it is there]")
@click.option("--sample", type=click.IntRange(min=1), help="Replay so many of the prompts.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of all that is drawn.")
@click.option("--draws", type=click.IntRange(min=1), default=200, show_default=True, help="For the intervals.")
@click.option("--plot", "plotted", type=click.Path(path_type=Path), help="Write quality over cost as SVG.")
@click.option(
    "--trace", type=click.Path(path_type=Path), help="Chat requests without outcomes: what each preset costs."
)
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def eval_(
    *,
    dataset: Path | None,
    files: tuple[str, ...],
    namespace: str | None,
    home: str,
    egress: tuple[EgressRule, ...],
    strategies: tuple[str, ...],
    model: str,
    folds: Path | None,
    sample: int | None,
    seed: int,
    draws: int,
    plotted: Path | None,
    trace: Path | None,
    as_json: bool,
) -> None:
    """Replay recorded outcomes through the router's own understanding and deciding.

    DATASET has a prompt a line as JSON, with the score and the cost of each model on it; it may be gzipped. Nobody is
    called.
    """
    if dataset is None and trace is None:
        raise click.UsageError("say what to replay: a DATASET, or --trace")
    if plotted is not None and dataset is None:
        raise click.UsageError("--plot shows a DATASET")
    if trace is not None and not files:
        raise click.UsageError("--trace needs --policy: the manifests say which targets there are")
    try:
        snapshot = _snapshot(files, namespace, egress, home) if files else None
        held_out = _held_out(folds)
        predict = remembered(held_out.predict if held_out else shipped().predict)
        told: dict[str, Any] = {}
        if dataset is not None:
            recordings = read_recordings(dataset)
            recordings = recordings if sample is None else recordings.sample(sample, seed)
            setting = Setting(predict, held_out, seed, draws)
            told |= _replayed(recordings, snapshot, (strategies, model), setting, plotted, quiet=as_json)
        if trace is not None and snapshot is not None:
            told |= _priced(trace, snapshot, predict, quiet=as_json)
    except (BadRecordings, NoContender, NoFolds, OSError) as problem:
        raise click.ClickException(str(problem)) from problem
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))


def _replayed(
    recordings: Recordings,
    snapshot: Snapshot | None,
    wanted: tuple[Sequence[str], str],
    setting: Setting,
    plotted: Path | None,
    *,
    quiet: bool,
) -> dict[str, Any]:
    """Judge on recordings, tell and plot; the same as JSON."""
    field = declared(snapshot, recordings) if snapshot else generated(recordings)
    evaluation = evaluate(recordings, field, _contenders(snapshot, field, *wanted), setting)
    if plotted is not None:
        plotted.write_text(plot(evaluation), encoding="utf-8")
    if not quiet:
        tell(evaluation, Terminal())
        _absent(snapshot, field, recordings)
    return evaluation_json(evaluation)


def _priced(trace: Path, snapshot: Snapshot, predict: Predict, *, quiet: bool) -> dict[str, Any]:
    """Price a trace, and tell; the same as JSON."""
    found = priced(read_trace(trace), snapshot, predict)
    if not quiet:
        _tell_trace(found)
    return {"trace": [_plain(each) for each in found], "trace_rises": rising(found)}


def _snapshot(files: Sequence[str], namespace: str | None, egress: tuple[EgressRule, ...], home: str) -> Snapshot:
    meant = meaning(gathered(files, namespace, egress, home))
    Terminal(stderr=True).problems(meant.problems)
    return meant.compiled.snapshot


def _held_out(folder: Path | None) -> HeldOut | None:
    if folder is not None:
        return read_held_out(folder)
    return read_held_out(USUAL_FOLDS) if (USUAL_FOLDS / INDEX).exists() else None


def _contenders(snapshot: Snapshot | None, field: Field, strategies: Sequence[str], model: str) -> Sequence[Contender]:
    wanted = strategies or ([POLICY] if snapshot and snapshot.routes else []) + list(USUAL)
    if POLICY in wanted and snapshot is None:
        raise NoContender("--strategy policy needs --policy, which says what the policy is")
    return [
        as_written(snapshot, field, model) if name == POLICY and snapshot is not None else named(name, field)
        for name in dict.fromkeys(wanted)
    ]


def _absent(snapshot: Snapshot | None, field: Field, recordings: Recordings) -> None:
    """Say who was not there."""
    terminal = Terminal(stderr=True)
    if snapshot is not None and (away := left_out(snapshot, field)):
        terminal.line(f"left out, for nothing is recorded of them: {', '.join(away)}", "yellow")
    if unasked := list(unheard(recordings, field)):
        terminal.line(f"recorded, but no manifest declares them: {', '.join(unasked)}", "yellow")


def _plain(each: Priced) -> dict[str, object]:
    return {
        "preset": each.preset,
        "cost": each.cost,
        "unpriced": each.unpriced,
        "quality": each.quality,
        "unserved": each.unserved,
        "calls": dict(each.calls),
    }


def _tell_trace(found: Sequence[Priced]) -> None:
    terminal, dearest = Terminal(), found[-1]
    rows = [
        (
            each.preset,
            f"${each.cost:.4g}",
            f"{each.cost / dearest.cost:.0%}" if dearest.cost else "-",
            "?" if each.quality is None else f"{each.quality:.3f}",
            ", ".join(f"{target} {count:,}" for target, count in each.calls.items())
            + (f", nobody {each.unserved:,}" if each.unserved else ""),
        )
        for each in found
    ]
    terminal.table(("preset", "cost", f"of {dearest.preset}", "expected quality", "calls"), rows, headed=True)
    if any(each.unpriced for each in found):
        terminal.line("Requests that go where no price is known are counted as free: give the models prices.", "yellow")
    order = " ≤ ".join(each.preset for each in found)
    terminal.line(f"{order}: {'holds' if rising(found) else 'does NOT hold'}. Costs and qualities are predictions.")
