"""One request's predictions, with what is the same for all candidates worked out once."""

from collections.abc import Mapping

from optipath_router.chat.features import Features
from optipath_router.decide.decision import Measured, Warm
from optipath_router.decide.predict.cost import predict_cost
from optipath_router.decide.predict.facts import Facts
from optipath_router.decide.predict.measured import predict_seconds, predict_success
from optipath_router.decide.predict.output import expected_output
from optipath_router.decide.predict.quality import predict_quality, shares
from optipath_router.decide.scored import Source
from optipath_snapshot import Target

Predicted = tuple[float | None, Source]
"""A value, None where it is not known, and where it comes from."""


class Predictor:
    """What a request would come to at any target."""

    __slots__ = ("_facts", "_features", "_measured", "_tasks", "_tokens_out", "_warm")

    def __init__(
        self, features: Features, facts: Mapping[str, Facts], measured: Mapping[str, Measured], warm: Warm | None
    ) -> None:
        self._features, self._facts, self._measured, self._warm = features, facts, measured, warm
        self._tokens_out = expected_output(features)
        self._tasks = shares(features)

    def cost(self, target: Target) -> Predicted:
        """Dollars."""
        return predict_cost(self._facts[target.name], self._features.input_tokens, self._tokens_out, self._warm)

    def quality(self, target: Target) -> Predicted:
        """0 to 1."""
        return predict_quality(self._facts[target.name], self._features, self._tasks)

    def seconds(self, target: Target) -> Predicted:
        """To the first content of a stream, or to the end of any other answer."""
        return predict_seconds(self._measured.get(target.name), self._tokens_out, streams=self._features.streams)

    def success(self, target: Target) -> Predicted:
        """The chance that an attempt goes well."""
        return predict_success(self._measured.get(target.name))
