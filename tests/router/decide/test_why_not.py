"""Why a target does not come first."""

from decimal import Decimal

from optipath_router.chat.features import Features
from optipath_router.decide import Health, Obstacle
from optipath_router.decide.decision import Reason
from optipath_router.decide.why_not import why_not
from optipath_snapshot import CostCeiling, LowestCost, Ordered
from support.builders import target
from support.ranking import priced, ranked

CHEAP, DEAR = target("acme/cheap", pricing=priced("1", "1")), target("bell/dear", pricing=priced("10", "10"))
OPEN = Obstacle(Reason.BREAKER_OPEN, "its breaker is open", 1030.0)


def test_one_that_comes_first_is_told_so() -> None:
    assert list(why_not(ranked(LowestCost(), DEAR, CHEAP), "acme/cheap")) == ["acme/cheap does come first"]


def test_one_that_comes_first_although_it_is_ill_is_told_that_too() -> None:
    ill = Health(1, {}, {"acme/cheap": OPEN, "bell/dear": OPEN})
    said = list(why_not(ranked(LowestCost(), DEAR, CHEAP, health=ill), "acme/cheap"))
    assert said[1] == "although breaker_open: its breaker is open; nobody else is well"


def test_one_that_nobody_named_is_told_where_it_is_missing() -> None:
    said = list(why_not(ranked(Ordered(), CHEAP), "bell/dear"))
    assert said == ["bell/dear is not among the targets of rule 'rule' of team-a/policy@1"]


def test_one_that_comes_later_is_compared_part_by_part() -> None:
    place, cost, _, total = why_not(ranked(LowestCost(), DEAR, CHEAP), "bell/dear")
    assert place == "it comes 2nd of 2, after acme/cheap"
    assert cost == "cost 0.0125 (prices) beside 0.00125 (prices) of acme/cheap, which is worth -0.167"
    assert total.startswith("altogether ")


def test_a_strategy_that_compares_nothing_says_so() -> None:
    said = list(why_not(ranked(Ordered(), CHEAP, DEAR), "bell/dear"))
    assert said[-1] == "the strategy ordered looks at nothing that could be compared"


def test_one_that_is_left_out_has_the_reason() -> None:
    ill = Health(1, {}, {"acme/cheap": OPEN})
    said = list(why_not(ranked(Ordered(), CHEAP, DEAR, health=ill), "acme/cheap"))
    assert said[0] == "it is left out, breaker_open: its breaker is open"


def test_one_that_is_too_dear_says_by_how_much() -> None:
    within = CostCeiling(max_cost=Decimal("0.01"))
    said = list(why_not(ranked(within, CHEAP, DEAR, seen=Features("auto", 1000)), "bell/dear"))
    assert said[0] == "it is left out, cost_limit: the request would cost about $0.0125, more than $0.01"
    assert said[1].startswith("quality not known (unknown) beside not known")
