"""How a target has answered of late: time to first content, time for each token, and how many attempts went well.

Times are a line through the latest answers, seconds = first + token · tokens,
fitted by least squares. A stream tells two points of it, its first content
and its end. An answer in one piece tells its end alone, and many of them still
tell the two apart. Long answers vary by more seconds than short ones, so a
point weighs 1 / (½ + seconds).
"""

from typing import Final

from optipath_router.decide.decision import Measured
from optipath_router.decide.predict.measured import USUAL

_KEPT: Final = 0.95
"""Of the weight of what came before, with each answer and each attempt: about the last twenty count."""
_IN_ONE_PIECE: Final = 0.001
"""Seconds between first content and end, or less."""
_PRIOR_WEIGHT: Final = 0.2
_PRIOR_TOKENS: Final = 200
"""An answer of this length, come as is usual, is there from the beginning with a little weight: it holds the line."""
_PRIOR_ATTEMPTS: Final = 10.0


class Averages:
    """The averages of one target."""

    __slots__ = ("_answers", "_attempts", "_tried", "_w", "_well", "_ws", "_wt", "_wts", "_wtt")

    def __init__(self) -> None:
        self._answers = self._attempts = 0
        self._tried = self._well = 0.0
        self._w = self._wt = self._wtt = self._ws = self._wts = 0.0
        first = USUAL.first_content_seconds
        self._point(0, first, _PRIOR_WEIGHT)
        self._point(_PRIOR_TOKENS, first + _PRIOR_TOKENS * USUAL.token_seconds, _PRIOR_WEIGHT)

    def answered(self, seconds: float, first_content_seconds: float, tokens: int) -> None:
        """Note an answer of so many tokens that came to its end."""
        self._answers += 1
        self._w *= _KEPT
        self._wt *= _KEPT
        self._wtt *= _KEPT
        self._ws *= _KEPT
        self._wts *= _KEPT
        if seconds - first_content_seconds > _IN_ONE_PIECE:
            self._point(0, first_content_seconds)
        self._point(tokens, seconds)

    def tried(self, *, well: bool) -> None:
        """Note an attempt, and whether it went well."""
        self._attempts += 1
        self._tried = self._tried * _KEPT + 1
        self._well = self._well * _KEPT + well

    def measured(self) -> Measured:
        """What they come to now."""
        # Where all answers are of one length, the prior that has faded away leaves no line to tell.
        spread = self._w * self._wtt - self._wt * self._wt
        token = (self._w * self._wts - self._wt * self._ws) / spread if spread > 0 else 0.0
        token = max(0.0, token)
        first = max(0.0, (self._ws - token * self._wt) / self._w)
        usual = USUAL.success_share * _PRIOR_ATTEMPTS
        share = (self._well + usual) / (self._tried + _PRIOR_ATTEMPTS)
        return Measured(self._answers, first, token, self._attempts, share)

    def _point(self, tokens: int, seconds: float, part: float = 1.0) -> None:
        weight = part / (0.5 + seconds)
        self._w += weight
        self._wt += weight * tokens
        self._wtt += weight * tokens * tokens
        self._ws += weight * seconds
        self._wts += weight * tokens * seconds
