"""What predicting looks up of a target, as numbers, prepared once for a snapshot.

Dollars are floats here: a prediction is an estimate. What is booked is
counted exactly, in account/cost.py.
"""

from decimal import Decimal
from typing import Final

import msgspec

from optipath_router.chat.features import TaskType
from optipath_snapshot import Capability, Pricing, Target

_MILLION: Final = 1_000_000
TASKS: Final = tuple(TaskType)


class Rates(msgspec.Struct, frozen=True):
    """Dollars a token; None where a price is not known."""

    input: float | None
    output: float | None
    cached: float | None
    """Of a prompt cache; what other input costs, where that price is not known."""


class Facts(msgspec.Struct, frozen=True):
    """One target."""

    name: str
    model: str
    rates: Rates | None
    """None where no price is known."""
    long_rates: Rates | None = None
    """Of requests with more input tokens than `long_above`."""
    long_above: int = 0
    request_dollars: float = 0.0
    """For each request, whatever its length."""
    caches: bool = True
    """Whether its provider may cache prompts."""
    quality: tuple[float | None, ...] | None = None
    """As declared, by place in TASKS; None where nothing is declared."""
    whole: bool = False
    """Whether the quality of every task type is known, by itself or by default."""
    default_quality: float | None = None
    by_task: bool = False
    """Whether any task type is declared by itself."""


def facts(target: Target) -> Facts:
    """The numbers of a target."""
    pricing = target.pricing or Pricing()
    declared = {name: float(value) for name, value in target.quality.items()}
    default = declared.get("default")
    step = pricing.long_context
    long = _rates(step.input_per_mtok, step.output_per_mtok, _risen(pricing, step.input_per_mtok)) if step else None
    return Facts(
        name=target.name,
        model=target.model,
        rates=_rates(pricing.input_per_mtok, pricing.output_per_mtok, pricing.cached_input_per_mtok)
        if target.pricing
        else None,
        long_rates=long,
        long_above=step.above_input_tokens if step else 0,
        request_dollars=float(pricing.per_request or 0),
        caches=Capability.PROMPT_CACHE not in target.lacks,
        quality=tuple(declared.get(task, default) for task in TASKS) if declared else None,
        whole=default is not None,
        default_quality=default,
        by_task=any(task in declared for task in TASKS),
    )


def _rates(fresh: Decimal | None, output: Decimal | None, cached: Decimal | None) -> Rates:
    return Rates(_each(fresh), _each(output), _each(fresh if cached is None else cached))


def _each(price: Decimal | None) -> float | None:
    """Dollars a token, from those for a million."""
    return None if price is None else float(price) / _MILLION


def _risen(pricing: Pricing, now: Decimal) -> Decimal | None:
    """The price of cached input above the step, which rises as that of fresh input does; see account/cost.py."""
    cached, usual = pricing.cached_input_per_mtok, pricing.input_per_mtok
    return None if cached is None or not usual else cached * now / usual
