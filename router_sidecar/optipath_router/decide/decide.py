"""decide: from features and a plan to a decision."""

from difflib import get_close_matches

from optipath_router.chat.features import Features
from optipath_router.decide.decision import Basis, Decision, LeftOut, RuleTrace
from optipath_router.decide.eligible import obstacle
from optipath_router.decide.health import Health
from optipath_router.decide.match import failed_clause
from optipath_router.decide.plan import Plan, route_id
from optipath_router.decide.rank import rank
from optipath_snapshot import Ordered, Resilience, Route, Target

_BY_MODEL = Resilience()
"""How long and how often to try where no rule says so."""


def decide(features: Features, plan: Plan, health: Health, draw: int) -> Decision:
    """Which targets may serve a request, and in which order.

    The first rule that matches names the targets. Where none does, the app
    may name a declared model by itself; its providers are asked in the order
    of their names. `draw` is 64 bits of chance; the same values give the same
    decision.
    """
    route, rules = _first_match(features, plan)
    if route is not None:
        named = tuple(plan.targets[used.target] for used in route.targets)
        candidates, left_out = _eligible(named, features)
        ranking = rank(
            route.strategy,
            candidates,
            weights={used.target: used.weight for used in route.targets},
            turn=health.turns.get(route_id(route), 0),
            draw=draw,
        )
    else:
        named = plan.by_model.get(features.model, ())
        ranking, left_out = _eligible(named, features)
    return Decision(
        model=features.model,
        basis=Basis.RULE if route else Basis.MODEL if named else Basis.NOTHING,
        policy=route.policy if route else None,
        rule=route.rule if route else None,
        strategy=(route.strategy if route else Ordered()).kind,
        ranking=ranking,
        left_out=left_out,
        rules=rules,
        resilience=route.resilience if route else _BY_MODEL,
        snapshot=plan.digest,
        health=health.version,
        draw=draw,
        route=route_id(route) if route else "",
        nearest=() if route or named else tuple(get_close_matches(features.model, plan.names, n=3, cutoff=0.5)),
    )


def _first_match(features: Features, plan: Plan) -> tuple[Route | None, tuple[RuleTrace, ...]]:
    rules = []
    for route in plan.routes:
        failed = failed_clause(route.match, features)
        rules.append(RuleTrace(route.policy, route.rule, failed))
        if not failed:
            return route, tuple(rules)
    return None, tuple(rules)


def _eligible(named: tuple[Target, ...], features: Features) -> tuple[tuple[Target, ...], tuple[LeftOut, ...]]:
    candidates, left_out = [], []
    for target in named:
        if problem := obstacle(target, features):
            left_out.append(problem)
        else:
            candidates.append(target)
    return tuple(candidates), tuple(left_out)
