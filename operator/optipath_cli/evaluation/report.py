"""What an evaluation says: as tables for people, as JSON for programs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from optipath_cli.evaluation.bootstrap import Figure
from optipath_cli.evaluation.evaluate import Evaluation
from optipath_cli.evaluation.judged import Judged
from optipath_cli.terminal import Terminal

_SHOWN: Final = 3


def tell(evaluation: Evaluation, terminal: Terminal) -> None:
    """Write tables."""
    terminal.facts(_about(evaluation))
    terminal.line()
    terminal.table(_HEADINGS, [_row(each) for each in evaluation.judged], headed=True)
    terminal.line()
    for each in evaluation.judged:
        if not each.baseline:
            terminal.line(_saving(each, evaluation))
    terminal.line()
    terminal.table(
        ("curve", "by", "gain over the hull of single models", "cost at 98 % of the best one's quality"),
        [(each.name, each.setting, _signed(each.gain), _share(each.near)) for each in evaluation.curves],
        headed=True,
    )
    if evaluation.orders:
        terminal.line()
        terminal.table(
            ("order", "APGR", "CPT50", "CPT80"),
            [
                (each.name, _plain(each.apgr, 3), _plain(each.cpt50, 1), _plain(each.cpt80, 1))
                for each in evaluation.orders
            ],
            headed=True,
        )


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """The same, in full."""
    recordings = evaluation.recordings
    return {
        "dataset": recordings.name,
        "prompts": len(recordings.rows),
        "models": {
            model: {"quality": point.quality, "cost": point.cost}
            for model, point in zip(recordings.models, evaluation.singles, strict=True)
        },
        "strongest": evaluation.strong,
        "cheapest": evaluation.cheap,
        "seed": evaluation.setting.seed,
        "draws": evaluation.setting.draws,
        "held_out": evaluation.setting.held_out is not None,
        "prompts_seen_in_training": evaluation.seen,
        "prompts_of_unknown_quality": evaluation.unknown,
        "strategies": [
            {
                "name": each.name,
                "baseline": each.baseline,
                "quality": _numbers(each.quality),
                "cost": _numbers(each.cost),
                "regret": _numbers(each.regret),
                "quality_lost_against_strongest": _numbers(each.lost),
                "cost_saved_against_strongest": _numbers(each.saved),
                "cost_share_at_equal_quality": each.equal,
                "calls": dict(each.calls),
                "unserved": each.unserved,
            }
            for each in evaluation.judged
        ],
        "curves": [
            {
                "name": each.name,
                "setting": each.setting,
                "points": [
                    {"value": value, "cost": point.cost, "quality": point.quality}
                    for value, point in zip(each.values, each.points, strict=True)
                ],
                "gain": _numbers(each.gain),
                "cost_at_98_percent": _numbers(each.near),
            }
            for each in evaluation.curves
        ],
        "orders": [
            {
                "name": each.name,
                "apgr": _numbers(each.apgr),
                "cpt50": _numbers(each.cpt50),
                "cpt80": _numbers(each.cpt80),
            }
            for each in evaluation.orders
        ],
    }


_CAUTION: Final = (
    "{:,} prompts may be among those that the routing model was trained on, and what comes of them is no measure of "
    "what it can do; `make folds` and --folds make it one"
)
_HEADINGS: Final = ("strategy", "quality", "$ per 1,000", "regret", "lost", "saved", "at equal quality", "calls")


def _about(evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    recordings, setting = evaluation.recordings, evaluation.setting
    yield "recorded", f"{recordings.name}: {len(recordings.rows):,} prompts, {len(recordings.models)} models"
    strong, cheap = recordings.models.index(evaluation.strong), recordings.models.index(evaluation.cheap)
    for word, place in (("strongest", strong), ("cheapest", cheap)):
        point = evaluation.singles[place]
        yield word, f"{recordings.models[place]}: quality {point.quality:.3f}, ${point.cost * 1000:.4g} per 1,000"
    if evaluation.seen:
        yield "caution", _CAUTION.format(evaluation.seen)
    elif setting.held_out:
        yield "predicted", "out of sample: each prompt by the model of a fold that has seen nothing of it"
    else:
        yield "predicted", "by the shipped routing model, which was trained on none of these prompts"
    if evaluation.unknown:
        yield "unknown", f"of {evaluation.unknown:,} prompts nothing is expected of one model or more"
    yield "intervals", f"95 % of {setting.draws} bootstrap draws over prompts, seed {setting.seed}"
    yield "lost, saved", f"quality and cost against always {evaluation.strong}"


def _row(each: Judged) -> Sequence[str]:
    called = [f"{model.rsplit('/', 1)[-1]} {count:,}" for model, count in list(each.calls.items())[:_SHOWN]]
    if len(each.calls) > _SHOWN:
        called.append(f"{len(each.calls) - _SHOWN} more {sum(list(each.calls.values())[_SHOWN:]):,}")
    if each.unserved:
        called.append(f"nobody {each.unserved:,}")
    return (
        f"({each.name})" if each.baseline else each.name,
        _plain(each.quality, 3),
        _plain(Figure(*(1000 * value for value in each.cost)), 4),
        _plain(each.regret, 3),
        f"{each.lost.value:+.3f}",
        f"{each.saved.value:+.0%}",
        "-" if each.equal is None else f"{each.equal:.2f} ×",
        ", ".join(called),
    )


def _saving(each: Judged, evaluation: Evaluation) -> str:
    """A saving, never without the quality that it took, and where."""
    recordings = evaluation.recordings
    saved, lost = each.saved, each.lost
    cheaper = (
        f"{saved.value:.0%} [{saved.low:.0%}, {saved.high:.0%}] cheaper"
        if saved.value >= 0
        else f"{-saved.value:.0%} dearer"
    )
    worse = (
        f"{lost.value:.3f} [{lost.low:.3f}, {lost.high:.3f}] worse" if lost.value > 0 else f"{-lost.value:.3f} better"
    )
    return (
        f"{each.name}: {cheaper} and {worse} than always {evaluation.strong} "
        f"(on {recordings.name}, {len(recordings.rows):,} prompts)"
    )


def _plain(figure: Figure, digits: int) -> str:
    if digits == 4:
        return f"{figure.value:.3g} [{figure.low:.3g}, {figure.high:.3g}]"
    return f"{figure.value:.{digits}f} [{figure.low:.{digits}f}, {figure.high:.{digits}f}]"


def _signed(figure: Figure | None) -> str:
    return "-" if figure is None else f"{figure.value:+.4f} [{figure.low:+.4f}, {figure.high:+.4f}]"


def _share(figure: Figure | None) -> str:
    return "not reached" if figure is None else f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def _numbers(figure: Figure | None) -> Mapping[str, float] | None:
    return None if figure is None else figure._asdict()
