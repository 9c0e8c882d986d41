"""decide: from features and a plan to a decision."""

from msgspec.structs import replace

from optipath_router.chat.features import Features
from optipath_router.chat.sayings import USUALLY_LOST, Saying
from optipath_router.decide.boundary import Fence, bound_by
from optipath_router.decide.decision import Basis, Decision, LeftOut, RuleTrace
from optipath_router.decide.eligible import left_out, obstacle, suspected, well
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
    of their names. Those that do badly of late are left out; where all do, the
    best of them is asked nevertheless. `draw` is 64 bits of chance; the same
    values give the same decision.
    """
    rule, asked = _first_match(features, plan)
    route = rule.route if rule else None
    named = rule.targets if rule else plan.by_model.get(features.model, ())
    turn = health.turns.get(rule.id, 0) if rule else 0
    bound, traces = bound_by(plan.fences, features) if plan.fences else ((), ())
    able, out = _able(named, features, plan, bound, rule.may_lose if rule else USUALLY_LOST)
    ranking = _ranked(rule, well(able, health.obstacles), turn, draw)
    if not ranking:
        ranking = _ranked(rule, suspected(able, health.obstacles), turn, draw)[:1]
    if health.obstacles:
        ranked = {target.name for target in ranking}
        out += left_out(tuple(target for target in able if target.name not in ranked), health.obstacles)
    return Decision(
        model=features.model,
        # A header may say who the app's user is, and a decision is kept and shown.
        features=replace(features, headers=None),
        basis=Basis.RULE if rule else Basis.MODEL if named else Basis.NOTHING,
        policy=route.policy if route else None,
        rule=route.rule if route else None,
        strategy=(route.strategy if route else _BY_MODEL).kind,
        ranking=ranking,
        left_out=out,
        rules=asked,
        resilience=route.resilience if route else _PATIENCE,
        snapshot=plan.digest,
        health=health.version,
        turn=turn,
        draw=draw,
        route=rule.id if rule else "",
        nearest=() if rule or named else nearest(features.model, plan.names),
        boundaries=traces,
    )


def _first_match(features: Features, plan: Plan) -> tuple[Rule | None, tuple[RuleTrace, ...]]:
    asked = []
    for rule in plan.rules:
        trace = rule.ask(features)
        asked.append(trace)
        if not trace.failed:
            return rule, tuple(asked)
    return None, tuple(asked)


def _able(
    named: tuple[Target, ...], features: Features, plan: Plan, bound: tuple[Fence, ...], may_lose: frozenset[Saying]
) -> tuple[tuple[Target, ...], tuple[LeftOut, ...]]:
    able, out = [], []
    for target in named:
        dialect = plan.dialects.get(target.provider)
        if problem := obstacle(target, features, bound, dialect=dialect, may_lose=may_lose):
            out.append(problem)
        else:
            able.append(target)
    return tuple(able), tuple(out)


def _ranked(rule: Rule | None, candidates: tuple[Target, ...], turn: int, draw: int) -> tuple[Target, ...]:
    if rule is None:
        return candidates
    return rank(rule.route.strategy, candidates, weights=rule.weights, turn=turn, draw=draw)
