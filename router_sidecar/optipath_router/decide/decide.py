"""decide: from features and a plan to a decision."""

from msgspec.structs import replace

from optipath_router.chat.features import Features
from optipath_router.decide.aliases import ALIASES
from optipath_router.decide.boundary import Fence, bound_by
from optipath_router.decide.decision import Basis, Decision, LeftOut, RuleTrace
from optipath_router.decide.eligible import left_out, obstacle, suspected, well
from optipath_router.decide.health import Health
from optipath_router.decide.nearest import nearest
from optipath_router.decide.plan import Plan, Rule
from optipath_router.decide.rank import Given, rank
from optipath_snapshot import USUALLY_LOST, Ordered, Saying, Strategy, Target

_BY_MODEL = Ordered()


def decide(features: Features, plan: Plan, health: Health, draw: int) -> Decision:
    """Which targets may serve a request, and in which order.

    The first rule that matches names the targets. Where none does, the app
    may name a declared model by itself, whose providers are asked in the order
    of their names; or an alias of ours, which ranks all targets. Those that do
    badly of late are left out; where all do, the best of them is asked
    nevertheless. `draw` is 64 bits of chance; the same values give the same
    decision.
    """
    rule, asked = _first_match(features, plan)
    route = rule.route if rule else None
    basis, named, strategy = _named(rule, features.model, plan)
    turn = health.turns.get(rule.id, 0) if rule else 0
    given = Given(
        features,
        health,
        plan.facts,
        rule.id if rule else "",
        rule.weights if rule else {},
        turn,
        draw,
        rule.custom if rule else None,
    )
    bound, traces = bound_by(plan.fences, features) if plan.fences else ((), ())
    able, out = _able(named, features, plan, bound, rule.may_lose if rule else USUALLY_LOST)
    ranked = rank(strategy, well(able, health.obstacles), given)
    ranking = ranked.targets
    considered: tuple[Target, ...] = ()
    if not ranking and (doubtful := suspected(able, health.obstacles)):
        out += ranked.left_out
        ranked = rank(strategy, doubtful, given)
        ranking = ranked.targets[:1]
        considered = doubtful
    out += ranked.left_out
    nevertheless: tuple[LeftOut, ...] = ()
    if health.obstacles:
        told = {target.name for target in ranking} | {left.target for left in out}
        nevertheless = left_out(tuple(each for each in considered if each.name in told), health.obstacles)
        out += left_out(tuple(target for target in able if target.name not in told), health.obstacles)
    return Decision(
        model=features.model,
        # A header may say who the app's user is, and a decision is kept and shown.
        features=replace(features, headers=None),
        basis=basis,
        policy=route.policy if route else None,
        rule=route.rule if route else None,
        strategy=ranked.instead or strategy.kind,
        ranking=ranking,
        left_out=out,
        rules=asked,
        resilience=route.resilience if route else plan.resilience,
        snapshot=plan.digest,
        health=health.version,
        turn=turn,
        draw=draw if ranked.draw is None else ranked.draw,
        route=given.route,
        nearest=() if basis is not Basis.NOTHING else nearest(features.model, plan.names),
        scored=ranked.scored,
        nevertheless=nevertheless,
        in_flight=ranked.in_flight,
        measured=ranked.measured,
        warm=ranked.warm,
        boundaries=traces,
        tier=plan.tier,
        provenance=route.provenance if route else {},
    )


def _named(rule: Rule | None, model: str, plan: Plan) -> tuple[Basis, tuple[Target, ...], Strategy]:
    """What led to which targets, and how they are to be ranked."""
    if rule is not None:
        return Basis.RULE, rule.targets, rule.route.strategy
    if declared := plan.by_model.get(model):
        return Basis.MODEL, declared, _BY_MODEL
    if plan.targets and (alias := ALIASES.get(model)):
        return Basis.ALIAS, plan.targets, alias
    return Basis.NOTHING, (), _BY_MODEL


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
