"""decide: from features and a plan to a decision."""

from optipath_router.chat.features import Features
from optipath_router.decide.decision import Basis, Decision, LeftOut, RuleTrace
from optipath_router.decide.eligible import obstacle
from optipath_router.decide.health import Health
from optipath_router.decide.nearest import nearest
from optipath_router.decide.plan import Plan, Rule
from optipath_router.decide.rank import rank
from optipath_snapshot import Ordered, Resilience, Target

_BY_MODEL = Ordered()
_PATIENCE = Resilience()
"""How long and how often to try where no rule says so."""


def decide(features: Features, plan: Plan, health: Health, draw: int) -> Decision:
    """Which targets may serve a request, and in which order.

    The first rule that matches names the targets. Where none does, the app
    may name a declared model by itself; its providers are asked in the order
    of their names. `draw` is 64 bits of chance; the same values give the same
    decision.
    """
    rule, asked = _first_match(features, plan)
    route = rule.route if rule else None
    named = rule.targets if rule else plan.by_model.get(features.model, ())
    candidates, left_out = _eligible(named, features)
    ranking = candidates
    if rule:
        turn = health.turns.get(rule.id, 0)
        ranking = rank(rule.route.strategy, candidates, weights=rule.weights, turn=turn, draw=draw)
    return Decision(
        model=features.model,
        basis=Basis.RULE if rule else Basis.MODEL if named else Basis.NOTHING,
        policy=route.policy if route else None,
        rule=route.rule if route else None,
        strategy=(route.strategy if route else _BY_MODEL).kind,
        ranking=ranking,
        left_out=left_out,
        rules=asked,
        resilience=route.resilience if route else _PATIENCE,
        snapshot=plan.digest,
        health=health.version,
        draw=draw,
        route=rule.id if rule else "",
        nearest=() if rule or named else nearest(features.model, plan.names),
    )


def _first_match(features: Features, plan: Plan) -> tuple[Rule | None, tuple[RuleTrace, ...]]:
    asked = []
    for rule in plan.rules:
        trace = rule.ask(features)
        asked.append(trace)
        if not trace.failed:
            return rule, tuple(asked)
    return None, tuple(asked)


def _eligible(named: tuple[Target, ...], features: Features) -> tuple[tuple[Target, ...], tuple[LeftOut, ...]]:
    candidates, left_out = [], []
    for target in named:
        if problem := obstacle(target, features):
            left_out.append(problem)
        else:
            candidates.append(target)
    return tuple(candidates), tuple(left_out)
