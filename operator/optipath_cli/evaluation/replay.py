"""Replay: each recorded prompt goes through the router's own understanding and deciding; nobody is called."""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from msgspec.structs import replace

from optipath_cli.evaluation.contenders import Contender, Field, ranked_by
from optipath_cli.evaluation.held_out import Predict
from optipath_cli.evaluation.recordings import Recordings
from optipath_router.chat.features import Features
from optipath_router.chat.request import ChatRequest
from optipath_router.classify import OF_MODEL, LoadSenses, Senses, own_senses
from optipath_router.decide import Decision, Health, Plan, decide, make_plan
from optipath_router.decide.scored import Part
from optipath_router.providers.surfaces import CHAT
from optipath_router.runtime import classifier
from optipath_snapshot import HighestQuality, digest

MOMENT: Final = 1_767_225_600.0
"""When every request comes, so that rules with time windows are repeatable: 2026-01-01 at midnight, UTC."""

Chosen = Sequence[int | None]
"""For each prompt the place of the model that is asked first; None where nobody is."""


@dataclass(frozen=True)
class Expected:
    """What is predicted of each prompt at each recorded model."""

    quality: Sequence[Sequence[float | None]]
    """A list for each prompt, in the order of the models; None where nothing is known."""


class Replay:
    """The prompts of a recording, ready to be decided again and again."""

    def __init__(self, recordings: Recordings, field: Field, predict: Predict, seed: int) -> None:
        """Take what predicts a prompt; `seed` makes the draws."""
        self.recordings, self.field = recordings, field
        self._senses = senses(predict)
        chance = random.Random(seed)  # noqa: S311  repeatable is what it must be
        self._draws = [chance.getrandbits(64) for _ in recordings.rows]

    def chosen(self, contender: Contender) -> Chosen:
        """Whom each prompt goes to first."""
        recorded = self.field.recorded
        return [
            recorded[decision.ranking[0].name] if decision.ranking else None for decision in self.decisions(contender)
        ]

    def decisions(self, contender: Contender) -> Iterable[Decision]:
        """The decision for each prompt, as if they came one after another and nobody were ever busy or ill."""
        plan = make_plan(contender.snapshot, digest(contender.snapshot), {})
        for turn, (seen, draw) in enumerate(zip(self._features(contender, plan), self._draws, strict=True)):
            yield decide(seen, plan, Health(turns=dict.fromkeys((rule.id for rule in plan.rules), turn)), draw)

    @cached_property
    def expected(self) -> Expected:
        """What the router expects of every model."""
        recorded, size = self.field.recorded, len(self.recordings.models)
        found = []
        for decision in self.decisions(self._best):
            quality: list[float | None] = [None] * size
            for scored in decision.scored:
                part = scored.part(Part.QUALITY)
                quality[recorded[scored.target]] = part.value if part else None
            found.append(quality)
        return Expected(found)

    @cached_property
    def _best(self) -> Contender:
        return ranked_by("highestQuality", HighestQuality(), self.field)

    @cached_property
    def _understood(self) -> Sequence[Features]:
        """All that any strategy ranks by, seen once."""
        plan = make_plan(self._best.snapshot, "", {})
        classified = classifier(plan, self._senses, lambda: MOMENT)
        return [classified(_request(row.prompt, "")) for row in self.recordings.rows]

    def _features(self, contender: Contender, plan: Plan) -> Iterable[Features]:
        if not any(rule.clauses for rule in plan.rules) and not plan.fences:
            # Rules that match everything rank by what was understood already.
            return (replace(seen, model=contender.asked) for seen in self._understood)
        classified = classifier(plan, self._senses, lambda: MOMENT)
        return (classified(_request(row.prompt, contender.asked)) for row in self.recordings.rows)


def senses(predict: Predict) -> LoadSenses:
    """The router's own senses, but for who predicts."""

    def loaded(wanted: frozenset[str]) -> Senses:
        return replace(own_senses(wanted - OF_MODEL), model=predict)

    return loaded


def _request(prompt: str, model: str) -> ChatRequest:
    body = {"model": model or "any", "messages": [{"role": "user", "content": prompt}]}
    return CHAT.request(json.dumps(body).encode(), {})
