"""One evaluation: a recording, replayed by contenders and baselines, judged."""

from collections.abc import Sequence
from dataclasses import dataclass

from optipath_cli.evaluation import baselines
from optipath_cli.evaluation.bootstrap import Draws
from optipath_cli.evaluation.contenders import Contender, Field
from optipath_cli.evaluation.curve import Point
from optipath_cli.evaluation.held_out import HeldOut, Predict
from optipath_cli.evaluation.judged import Curve, Judge, Judged, Ordered
from optipath_cli.evaluation.recordings import Recordings
from optipath_cli.evaluation.replay import Replay
from optipath_cli.evaluation.sweep import Swept, by_quality_floor, by_quality_weight
from optipath_cli.training.examples import LABELLED, RECORDED


@dataclass(frozen=True, slots=True)
class Setting:
    """What makes an evaluation repeatable."""

    predict: Predict
    held_out: HeldOut | None
    seed: int
    draws: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of it."""

    recordings: Recordings
    setting: Setting
    singles: Sequence[Point]
    """In the order of the models."""
    strong: str
    """The best single model, and ..."""
    cheap: str
    """... the cheapest."""
    judged: Sequence[Judged]
    """Contenders, then baselines."""
    curves: Sequence[Curve]
    orders: Sequence[Ordered]
    """Of two models; empty for more."""
    unknown: int
    """Prompts of which the router expects nothing of some model."""
    seen: int
    """Prompts that the routing model may have been trained on."""


def evaluate(recordings: Recordings, field: Field, contenders: Sequence[Contender], setting: Setting) -> Evaluation:
    """Replay and judge."""
    replay = Replay(recordings, field, setting.predict, setting.seed)
    judge = Judge(recordings, Draws(len(recordings.rows), setting.draws, setting.seed))
    strong, cheap = baselines.strongest(recordings), baselines.cheapest(recordings)
    judged = [judge.judged(each.name, replay.chosen(each)) for each in contenders]
    judged += [
        judge.judged("always strong", baselines.always(recordings, strong), baseline=True),
        judge.judged("always cheap", baselines.always(recordings, cheap), baseline=True),
        judge.judged("random", baselines.at_random(recordings, setting.seed), baseline=True),
        judge.judged("longer half strong", baselines.longest_to_strongest(recordings, 0.5), baseline=True),
        judge.judged("oracle", baselines.oracle(recordings), baseline=True),
    ]
    by_length = Swept("length", "share to the strongest", baselines.SHARES, baselines.lengths(recordings))
    curves = [judge.curve(swept) for swept in (by_quality_weight(replay), by_quality_floor(replay), by_length)]
    orders = judge.orders(replay.expected, setting.held_out, setting.seed) if len(recordings.models) == 2 else []
    return Evaluation(
        recordings,
        setting,
        judge.singles,
        recordings.models[strong],
        recordings.models[cheap],
        judged,
        curves,
        orders,
        sum(None in quality for quality in replay.expected.quality),
        _seen(recordings, setting.held_out),
    )


def _seen(recordings: Recordings, held_out: HeldOut | None) -> int:
    """How many prompts may be the shipped model's own lessons, and are asked of it nevertheless."""
    taught = {*RECORDED, LABELLED}
    return sum(
        row.dataset in taught and (held_out is None or held_out.fold(row.prompt) is None) for row in recordings.rows
    )
