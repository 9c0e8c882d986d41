"""Prices that recorded costs rest on, for models that no manifest declares.

Where tokens were recorded, the two prices that explain the costs best are
fitted by least squares; elsewhere one price for all tokens is told from the
mean cost and the lengths of the prompts. A router would know prices from its
catalogue: nothing of how well a model did is in them.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from optipath_cli.evaluation.recordings import Recordings
from optipath_router.chat.tokens import text_tokens
from optipath_snapshot import Pricing

_MILLION: Final = 1_000_000
_USUAL_ANSWER: Final = 250
"""Tokens."""


def recorded_price(recordings: Recordings, model: int) -> Pricing:
    """What a model must have cost."""
    known = [
        (outcome.tokens_in, outcome.tokens_out, outcome.cost)
        for row in recordings.rows
        if (outcome := row.outcomes[model]).tokens_in is not None and outcome.tokens_out is not None
    ]
    if len(known) == len(recordings.rows):
        fresh, answer = _fitted([(float(one or 0), float(other or 0), cost) for one, other, cost in known])
    else:
        tokens = sum(text_tokens(row.prompt) + _USUAL_ANSWER for row in recordings.rows)
        fresh = answer = sum(recordings.costs(model)) / tokens
    return Pricing(input_per_mtok=_per_million(fresh), output_per_mtok=_per_million(answer))


def _fitted(known: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """The prices of a token in and of one out, neither below nothing."""
    ii = sum(i * i for i, _, _ in known)
    oo = sum(o * o for _, o, _ in known)
    io = sum(i * o for i, o, _ in known)
    ic = sum(i * cost for i, _, cost in known)
    oc = sum(o * cost for _, o, cost in known)
    both = ii * oo - io * io
    if both > 1e-9 * ii * oo:
        fresh, answer = (oo * ic - io * oc) / both, (ii * oc - io * ic) / both
        if fresh >= 0 and answer >= 0:
            return fresh, answer
    # Lengths that rise together tell one price only.
    total = sum(i + o for i, o, _ in known)
    one = sum(cost for _, _, cost in known) / total if total else 0.0
    return one, one


def _per_million(price: float) -> Decimal:
    return Decimal(f"{price * _MILLION:.6g}")
