"""The plan: a snapshot as one pod's router reads it, with what every decision would look up prepared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from optipath_router.chat.features import Features
from optipath_router.decide.aliases import ALIASES
from optipath_router.decide.decision import RuleTrace
from optipath_router.decide.match import Clause, clauses, is_glob
from optipath_router.decide.predict import Facts, facts
from optipath_router.decide.rank import Custom, wanted
from optipath_snapshot import Plugin, Route, Snapshot, Target


@dataclass(frozen=True, slots=True)
class Rule:
    """A route, ready to be asked."""

    id: str
    route: Route
    clauses: tuple[tuple[Clause, RuleTrace], ...]
    """Each with the trace that it leaves where it does not hold."""
    matched: RuleTrace
    targets: tuple[Target, ...]
    weights: Mapping[str, int]
    """By the target's name."""
    custom: Custom | None = None
    """The plug-in that the strategy names, where it is there."""

    def ask(self, features: Features) -> RuleTrace:
        """Whether the rule matches, and which clause failed where it does not."""
        for clause, trace in self.clauses:
            if not clause.holds(features):
                return trace
        return self.matched


@dataclass(frozen=True)
class Plan:
    """The rules of one workload, and the targets of its namespace."""

    digest: str
    rules: tuple[Rule, ...]
    by_model: Mapping[str, tuple[Target, ...]]
    """By the model that an app may ask for, each in the order of the targets' names."""
    targets: tuple[Target, ...] = ()
    """All of them, in the order of their names."""
    facts: Mapping[str, Facts] = field(default_factory=dict)
    """What predicting looks up, by the target's name."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name that an app may ask for, globs apart: declared models, what rules match exactly, and aliases."""
        exact = {name for rule in self.rules for name in rule.route.match.models if not is_glob(name)}
        aliases = ALIASES.keys() if self.targets else ()
        return tuple(sorted(exact.union(self.by_model, aliases)))

    def ranks_by(self, model: str) -> frozenset[str]:
        """Features, by the names of their fields, that ranking may make use of when this model is asked for."""
        alias = ALIASES.get(model)
        return self._rules_rank_by if alias is None else self._rules_rank_by | wanted(alias)

    @cached_property
    def _rules_rank_by(self) -> frozenset[str]:
        return frozenset[str]().union(*(wanted(rule.route.strategy) for rule in self.rules))


def route_id(route: Route) -> str:
    """The name of a route that stays the same when its policy is edited."""
    return f"{route.policy.full_name}/{route.rule}"


def _no_plugin(_: Plugin) -> None:
    """Know none."""


def make_plan(
    snapshot: Snapshot,
    digest: str,
    labels: Mapping[str, str],
    custom: Callable[[Plugin], Custom | None] = _no_plugin,
) -> Plan:
    """The plan for a pod with these labels; `custom` knows the plug-ins that strategies name."""
    targets = {target.name: target for target in sorted(snapshot.targets, key=lambda target: target.name)}
    by_model: dict[str, tuple[Target, ...]] = {}
    for target in targets.values():
        by_model[target.model] = (*by_model.get(target.model, ()), target)
    own = (route for route in snapshot.routes if route.workload.items() <= labels.items())
    return Plan(
        digest,
        tuple(_rule(route, targets, custom) for route in own),
        by_model,
        tuple(targets.values()),
        {name: facts(target) for name, target in targets.items()},
    )


def _rule(route: Route, targets: Mapping[str, Target], custom: Callable[[Plugin], Custom | None]) -> Rule:
    return Rule(
        id=route_id(route),
        route=route,
        clauses=tuple((clause, RuleTrace(route.policy, route.rule, clause.failed)) for clause in clauses(route.match)),
        matched=RuleTrace(route.policy, route.rule),
        targets=tuple(targets[used.target] for used in route.targets),
        weights={used.target: used.weight for used in route.targets},
        custom=custom(route.strategy) if isinstance(route.strategy, Plugin) else None,
    )
