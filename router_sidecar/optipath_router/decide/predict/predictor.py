"""One request's predictions, with what is the same for all candidates worked out once."""

from collections.abc import Mapping, Sequence

from optipath_router.chat.features import Features
from optipath_router.decide.decision import Measured, Warm
from optipath_router.decide.predict.cost import predict_cost
from optipath_router.decide.predict.facts import Facts
from optipath_router.decide.predict.measured import predict_seconds, predict_success
from optipath_router.decide.predict.output import billed_input, expected_output
from optipath_router.decide.predict.quality import predict_quality, shares
from optipath_router.decide.scored import Source

Predicted = tuple[float | None, Source]
"""A value, None where it is not known, and where it comes from."""


class Predictor:
    """What a request would come to at targets, a column at a time: candidates are asked of one thing after another."""

    __slots__ = ("_facts", "_features", "_measured", "_tasks", "_tokens_out", "_warm")

    def __init__(
        self, features: Features, facts: Mapping[str, Facts], measured: Mapping[str, Measured], warm: Warm | None
    ) -> None:
        self._features, self._facts, self._measured, self._warm = features, facts, measured, warm
        self._tokens_out = expected_output(features)
        self._tasks = shares(features)

    def cost(self, names: Sequence[str]) -> list[Predicted]:
        """Dollars."""
        facts, warm = self._facts, self._warm
        # Several answers come at the same time, but each is paid for.
        tokens_in, tokens_out = billed_input(self._features), self._tokens_out * self._features.answers
        return [predict_cost(facts[name], tokens_in, tokens_out, warm) for name in names]

    def quality(self, names: Sequence[str]) -> list[Predicted]:
        """0 to 1."""
        facts, features, tasks = self._facts, self._features, self._tasks
        return [predict_quality(facts[name], features, tasks) for name in names]

    def seconds(self, names: Sequence[str]) -> list[Predicted]:
        """To the first content of a stream, or to the end of any other answer."""
        measured, tokens_out, streams = self._measured.get, self._tokens_out, self._features.streams
        return [predict_seconds(measured(name), tokens_out, streams=streams) for name in names]

    def success(self, names: Sequence[str]) -> list[Predicted]:
        """The chance that an attempt goes well."""
        return [predict_success(self._measured.get(name)) for name in names]
