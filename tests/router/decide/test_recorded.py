"""A decision can be made again, to the bit, from what it holds."""

import json
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.account.record import decision_json
from optipath_router.chat.features import Features
from optipath_router.decide import Decision, Health, Obstacle, decide, make_plan
from optipath_router.decide.decision import Basis, Reason
from optipath_snapshot import (
    CostCeiling,
    LeastBusy,
    Ordered,
    QualityFloor,
    RoundRobin,
    StickyConversation,
    StickyHeader,
    Strategy,
    Target,
    Weighted,
)
from support.builders import route, snapshot
from support.ranking import NAMES, balances, simple_strategies, some_features, some_healths, some_targets

OBSTACLES = st.dictionaries(
    st.sampled_from(NAMES),
    st.builds(
        Obstacle,
        st.sampled_from((Reason.BREAKER_OPEN, Reason.EJECTED, Reason.COOLING_DOWN)),
        st.just("ill"),
        st.none() | st.just(1030.0),
    ),
)
STRATEGIES = (
    st.sampled_from(
        (
            Ordered(),
            Weighted(),
            Weighted(sticky=StickyConversation()),
            Weighted(sticky=StickyHeader(name="x-session")),
            RoundRobin(),
            LeastBusy(),
            QualityFloor(min_quality=Decimal("0.5")),
            CostCeiling(max_cost=Decimal("0.01")),
        )
    )
    | simple_strategies
    | balances
)


@st.composite
def ill_healths(draw: st.DrawFn) -> Health:
    well = draw(some_healths)
    return Health(well.version, well.turns, draw(OBSTACLES), well.in_flight, well.measured, well.warm)


@st.composite
def requests(draw: st.DrawFn) -> Features:
    session = draw(st.none() | st.just("s-1"))
    return msgspec.structs.replace(draw(some_features), headers={"x-session": session} if session else {})


def health_of(decision: Decision) -> Health:
    """As much of the health view as a decision holds."""
    left = (*decision.left_out, *decision.nevertheless)
    of_health = (Reason.BREAKER_OPEN, Reason.EJECTED, Reason.COOLING_DOWN)
    conversation = decision.features.conversation
    return Health(
        decision.health,
        {decision.route: decision.turn},
        {each.target: Obstacle(each.reason, each.detail, each.until) for each in left if each.reason in of_health},
        decision.in_flight or {},
        decision.measured or {},
        {conversation: decision.warm} if conversation and decision.warm else {},
    )


@pytest.mark.row("C23", "A19")
@given(
    targets=some_targets,
    strategy=STRATEGIES,
    asked=requests(),
    health=ill_healths(),
    draw=st.integers(0, 2**64 - 1),
    alias=st.booleans(),
)
def test_the_same_decision_comes_of_what_is_recorded(
    *, targets: tuple[Target, ...], strategy: Strategy, asked: Features, health: Health, draw: int, alias: bool
) -> None:
    named = route(*(each.name for each in targets), strategy=strategy, models=["other" if alias else "auto"])
    plan = make_plan(snapshot(named, targets=targets), "sha256:0", {})
    decision = decide(asked, plan, health, draw)
    assert decision.basis is (Basis.ALIAS if alias else Basis.RULE)
    # The headers are not recorded; what a session came to is.
    again = decide(decision.features, plan, health_of(decision), decision.draw)
    assert again == decision
    assert json.dumps(decision_json(again)) == json.dumps(decision_json(decision))
