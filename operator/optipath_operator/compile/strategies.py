"""What a rule's strategy means."""

from decimal import Decimal

from optipath_operator.resources import BalancedSpec, CostWithinSpec, StickySpec, StrategySpec
from optipath_snapshot import (
    Balanced,
    CostCeiling,
    HighestQuality,
    LeastBusy,
    LowestCost,
    LowestLatency,
    Ordered,
    Plugin,
    QualityFloor,
    RoundRobin,
    StickyConversation,
    StickyHeader,
    Strategy,
    Weighted,
)

_PLAIN: dict[str, Strategy] = {
    "ordered": Ordered(),
    "round_robin": RoundRobin(),
    "least_busy": LeastBusy(),
    "lowest_cost": LowestCost(),
    "lowest_latency": LowestLatency(),
    "highest_quality": HighestQuality(),
}
"""Those that have nothing to say but their name."""
_PARTS = ("cost", "latency", "quality", "reliability")


def compile_strategy(spec: StrategySpec) -> tuple[Strategy, dict[str, str]]:
    """A strategy, and by field what holds otherwise than written."""
    if spec.weighted is not None:
        return Weighted(sticky=_sticky(spec.weighted.sticky)), {}
    if spec.balanced is not None:
        return _balanced(spec.balanced)
    if spec.cost_within is not None:
        return _cost_within(spec.cost_within), {}
    if spec.plugin is not None:
        return Plugin(name=spec.plugin.name, config=dict(sorted(spec.plugin.config.items()))), {}
    return next(strategy for name, strategy in _PLAIN.items() if getattr(spec, name) is not None), {}


def _sticky(spec: StickySpec | None) -> StickyHeader | StickyConversation | None:
    if spec is None:
        return None
    return StickyConversation() if spec.header is None else StickyHeader(name=spec.header.lower())


def _balanced(spec: BalancedSpec) -> tuple[Strategy, dict[str, str]]:
    weights = {part: weight for part in _PARTS if (weight := getattr(spec, part)) is not None}
    total = sum(weights.values(), Decimal(0))
    noted = {}
    if total != 1:
        shares = ", ".join(f"{part} {float(weight / total):.3g}" for part, weight in weights.items())
        noted["strategy.balanced"] = (
            f"has weights that add up to {total.normalize():f} and not to 1; as shares: {shares}"
        )
    return Balanced(**weights), noted


def _cost_within(spec: CostWithinSpec) -> Strategy:
    if spec.max_cost is not None:
        return CostCeiling(max_cost=spec.max_cost)
    if spec.min_quality is None:
        raise AssertionError("costWithin is checked to have one of its fields")
    return QualityFloor(min_quality=spec.min_quality)
