"""The keystone: deciding is a pure function of values. No clock, no I/O, no globals."""

from optipath_router.decide.decide import decide
from optipath_router.decide.decision import Decision, LeftOut, Reason, RuleTrace
from optipath_router.decide.health import Health, Obstacle
from optipath_router.decide.plan import Plan, make_plan

__all__ = ["Decision", "Health", "LeftOut", "Obstacle", "Plan", "Reason", "RuleTrace", "decide", "make_plan"]
