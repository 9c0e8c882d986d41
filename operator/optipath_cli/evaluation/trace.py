"""Traces: recorded chat requests whose outcomes nobody knows. What each preset would send where, and for how much.

A line is a body of POST /v1/chat/completions. Costs and qualities are
predictions, and no saving follows from them without a recording.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from optipath_cli.evaluation.held_out import Predict
from optipath_cli.evaluation.recordings import BadRecordings, lines_of
from optipath_cli.evaluation.replay import MOMENT, senses
from optipath_router.chat.request import ChatRequest
from optipath_router.decide import Health, decide, make_plan
from optipath_router.decide.predict import Predictor
from optipath_router.errors import RequestRejected
from optipath_router.providers.surfaces import CHAT
from optipath_router.runtime import classifier
from optipath_snapshot import Snapshot, digest

PRESETS = ("eco", "balanced", "premium")


@dataclass(frozen=True, slots=True)
class Priced:
    """What a preset makes of a trace."""

    preset: str
    cost: float
    """Dollars for the whole trace."""
    unpriced: int
    """Requests that go where no price is known."""
    quality: float | None
    """The mean of what is expected; None where of some request it is not known."""
    unserved: int
    calls: Mapping[str, int]
    """By target."""


def read_trace(path: Path) -> list[ChatRequest]:
    """The requests in a file; raises BadRecordings."""
    return list(_requests(path))


def priced(trace: Sequence[ChatRequest], snapshot: Snapshot, predict: Predict) -> list[Priced]:
    """What each preset would send where, all targets of the namespace being candidates."""
    plan = make_plan(snapshot.model_copy(update={"routes": ()}), digest(snapshot), {})
    classified = classifier(plan, senses(predict), lambda: MOMENT)
    # `auto` looks at everything that a preset may rank by.
    seen = [classified(_asked(request, "auto")) for request in trace]
    found = []
    for preset in PRESETS:
        cost, unpriced, unserved, calls, qualities = 0.0, 0, 0, Counter[str](), []
        for features in seen:
            decision = decide(replace(features, model=preset), plan, Health(), 0)
            if not decision.ranking:
                unserved += 1
                continue
            name = decision.ranking[0].name
            calls[name] += 1
            predictor = Predictor(features, plan.facts, {}, None)
            dollars, quality = predictor.cost([name])[0][0], predictor.quality([name])[0][0]
            cost += dollars or 0.0
            unpriced += dollars is None
            qualities.append(quality)
        known = [quality for quality in qualities if quality is not None]
        mean = sum(known) / len(known) if known and len(known) == len(qualities) else None
        found.append(Priced(preset, cost, unpriced, mean, unserved, dict(calls.most_common())))
    return found


def rising(found: Sequence[Priced]) -> bool:
    """Whether each preset costs no less than the one before."""
    return all(one.cost <= other.cost for one, other in pairwise(found))


def _asked(request: ChatRequest, model: str) -> ChatRequest:
    return replace(request, asked=replace(request.asked, model=model))


def _requests(path: Path) -> Iterator[ChatRequest]:
    for number, written in lines_of(path):
        body: dict[str, Any] = {"model": "auto", **written}
        try:
            yield CHAT.request(json.dumps(body).encode(), {})
        except RequestRejected as problem:
            raise BadRecordings(f"{path}:{number}: is no chat request: {problem}") from problem
