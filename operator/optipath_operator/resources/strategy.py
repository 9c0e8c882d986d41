"""Strategies: how a rule ranks its targets. Each is a member of one object, of which exactly one is given."""

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from optipath_operator.resources.base import Cel, Spec
from optipath_operator.resources.headers import HeaderName, Without
from optipath_operator.resources.scalars import ConfigKey, ConfigValue, Fraction, Money, PluginName
from optipath_snapshot import SECRET_HEADERS

# Its value decides who serves, and whoever can tell that by trying learns something of the value.
_NOT_SECRET = Without(SECRET_HEADERS, "it carries a secret, by which no draw should be known")


def _one_of(*fields: str) -> str:
    """CEL for exactly one field given: a sum, for a list that is filtered costs ten times that at each write."""
    return " + ".join(f"(has(self.{field}) ? 1 : 0)" for field in fields) + " == 1"


class OrderedSpec(Spec):
    """The targets in the order in which they are written."""


class ConversationSpec(Spec):
    """All turns of a conversation, told by how it began."""


class StickySpec(Spec):
    """What keeps its draw; exactly one."""

    cel: ClassVar = (
        Cel(_one_of("header", "conversation"), "exactly one of header and conversation must be given"),
        _NOT_SECRET.cel("header", given=False),
    )

    header: Annotated[HeaderName, AfterValidator(_NOT_SECRET.check)] | None = None
    """All requests whose header of this name has the same value, such as a session's id."""
    conversation: ConversationSpec | None = None
    """All turns of a conversation."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.header is None) == (self.conversation is None):
            raise PydanticCustomError(
                "sticky", "must have exactly one of header and conversation, such as `header: x-session`"
            )
        return self


class WeightedSpec(Spec):
    """A draw in which each target's weight is its share; one of weight 0 is used only when the others fail."""

    sticky: StickySpec | None = None
    """What is drawn for once and then stays; each request if not given, and where a request lacks it."""


class RoundRobinSpec(Spec):
    """Each target in its turn."""


class LeastBusySpec(Spec):
    """The target with the fewest attempts of this router's under way; equal ones in turn."""


class LowestCostSpec(Spec):
    """The target on which the request is predicted to cost least; those without a known price come last."""


class LowestLatencySpec(Spec):
    """The target predicted to answer first: to begin, for a stream; to end, for any other answer."""


class HighestQualitySpec(Spec):
    """The target predicted to answer best; those of unknown quality come last, and of equal ones the cheapest first."""


class BalancedSpec(Spec):
    """A sum of what is predicted, each part times its weight. Weights that do not add up to 1 are taken as shares."""

    cel: ClassVar = (
        Cel(
            " || ".join(
                f"(has(self.{part}) && double(self.{part}) > 0.0)"
                for part in ("cost", "latency", "quality", "reliability")
            ),
            "a weight must be above 0",
        ),
    )

    cost: Fraction | None = None
    """Weight of a low cost; nothing if not given."""
    latency: Fraction | None = None
    """Weight of a quick answer; nothing if not given."""
    quality: Fraction | None = None
    """Weight of a good answer; nothing if not given."""
    reliability: Fraction | None = None
    """Weight of getting an answer at all; nothing if not given."""

    @model_validator(mode="after")
    def _weighs_something(self) -> Self:
        if not any((self.cost, self.latency, self.quality, self.reliability)):
            raise PydanticCustomError(
                "weights", 'must have a weight above 0 to balance anything, such as `cost: "0.5"`, and has none'
            )
        return self


class CostWithinSpec(Spec):
    """Quality and money, one bounded and the other sought; exactly one."""

    cel: ClassVar = (Cel(_one_of("minQuality", "maxCost"), "exactly one of minQuality and maxCost must be given"),)

    min_quality: Fraction | None = None
    """The most quality for a dollar, among targets predicted to be this good; then the others, the best first."""
    max_cost: Money | None = None
    """The best, among targets on which the request is predicted to cost so many dollars at most; no others."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.min_quality is None) == (self.max_cost is None):
            raise PydanticCustomError(
                "costWithin", 'must have exactly one of minQuality and maxCost, such as `minQuality: "0.7"`'
            )
        return self


class PluginSpec(Spec):
    """A strategy of your own, installed in the router's image under the entry points `optipath.strategies`."""

    name: PluginName
    """The entry point's name."""
    config: Annotated[dict[ConfigKey, ConfigValue], Field(max_length=16)] = {}
    """What it is told; its own to understand."""


class StrategySpec(Spec):
    """How to rank the targets; exactly one."""

    ordered: OrderedSpec | None = None
    """The targets in the order in which they are written."""
    weighted: WeightedSpec | None = None
    """A draw in which each target's weight is its share."""
    round_robin: RoundRobinSpec | None = None
    """Each target in its turn."""
    least_busy: LeastBusySpec | None = None
    """The fewest attempts under way."""
    lowest_cost: LowestCostSpec | None = None
    """The lowest predicted cost."""
    lowest_latency: LowestLatencySpec | None = None
    """The shortest predicted time."""
    highest_quality: HighestQualitySpec | None = None
    """The highest predicted quality."""
    balanced: BalancedSpec | None = None
    """Cost, latency, quality and reliability by weights of your own."""
    cost_within: CostWithinSpec | None = None
    """The most quality for money above a floor of quality, or the best within a cost."""

    plugin: PluginSpec | None = None
    """A strategy of your own; where it fails or is slow, the targets go in the order in which they are written."""

    cel: ClassVar = (
        Cel(
            _one_of(
                "ordered",
                "weighted",
                "roundRobin",
                "leastBusy",
                "lowestCost",
                "lowestLatency",
                "highestQuality",
                "balanced",
                "costWithin",
                "plugin",
            ),
            "exactly one strategy must be given",
        ),
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = list(self.model_dump(by_alias=True, exclude_none=True))
        if len(given) != 1:
            raise PydanticCustomError(
                "strategy",
                "must have exactly one strategy, such as `ordered: {}`, and has {given}",
                {"given": " and ".join(given) or "none"},
            )
        return self
