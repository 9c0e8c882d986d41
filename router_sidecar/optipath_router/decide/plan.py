"""The plan: a snapshot as one pod's router reads it, with what every decision would look up prepared."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import Final

from optipath_router.chat.conversation import Wire
from optipath_router.chat.features import Features
from optipath_router.decide.aliases import ALIASES
from optipath_router.decide.boundary import Fence, bound_by, fences, shut_out
from optipath_router.decide.decision import LeftOut, RuleTrace
from optipath_router.decide.eligible import denial
from optipath_router.decide.match import Clause, Verdict, clauses, exact_models, prepared
from optipath_router.decide.predict import Facts, facts
from optipath_router.decide.rank import Custom
from optipath_router.decide.rank import wanted as ranks_by
from optipath_router.providers import DIALECTS, Dialect
from optipath_snapshot import USUALLY_LOST, Plugin, Resilience, Route, Saying, Snapshot, Target

_KEPT: Final = 64
"""How many of its traces a rule keeps: for most requests it leaves one of a few, and all their records share it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A route, ready to be asked."""

    id: str
    route: Route
    clauses: tuple[Clause, ...]
    holds: Callable[[Features], Verdict]
    """Whether all of them hold."""
    holds_at_once: Callable[[Features], Verdict]
    """Whether those do that look only at what is always there."""
    at_once: bool
    """Whether these are all."""
    unmatched: Callable[[str], RuleTrace]
    """What it leaves where it does not match, from the reason."""
    matched: RuleTrace
    targets: tuple[Target, ...]
    weights: Mapping[str, int]
    """By the target's name."""
    wants: frozenset[str]
    """Names of the features that matching and ranking look at."""
    may_lose: frozenset[Saying]
    """What a target's dialect need not be able to say."""
    custom: Custom | None = None
    """The plug-in that the strategy names, where it is there."""

    def ask(self, features: Features) -> RuleTrace:
        """Whether the rule matches, and which clause failed where it does not."""
        verdict = self.holds(features)
        return self.matched if verdict.holds else self.unmatched(verdict.why)


@dataclass(frozen=True)
class Plan:
    """The rules of one workload, and the targets of its namespace."""

    digest: str
    rules: tuple[Rule, ...]
    by_model: Mapping[str, tuple[Target, ...]]
    """By the model that an app may ask for, each in the order of the targets' names."""
    fences: tuple[Fence, ...] = ()
    """The data boundaries that bind this workload."""
    hints: bool = False
    """Whether the hints of callers count."""
    dialects: Mapping[str, Dialect] = field(default_factory=dict)
    """By the name of the provider that speaks it; none for a type of a newer operator's."""
    resilience: Resilience = field(default_factory=Resilience)
    """How long and how often to try where no rule says so."""
    tier: str | None = None
    """The SLA class of the namespace."""

    @cached_property
    def _translated(self) -> frozenset[Wire]:
        """What callers may speak and some provider here does not."""
        return frozenset().union(*(dialect.translated for dialect in self.dialects.values()))

    def may_translate(self, features: Features) -> bool:
        """Whether somebody may serve a request who does not speak as its caller does: what it says must be known.

        That is told from what is always seen of it, as `wanted` is.
        """
        wire = features.wire
        if wire not in self._translated:
            return False
        for rule in self.rules:
            if rule.holds_at_once(features).holds:
                if self._any_translates(rule.targets, wire):
                    return True
                if rule.at_once:
                    return False
        named = self.by_model.get(features.model)
        return self._any_translates(self.targets if named is None else named, wire)

    def _any_translates(self, targets: Iterable[Target], wire: Wire) -> bool:
        dialects = (self.dialects.get(target.provider) for target in targets)
        return any(dialect is not None and wire in dialect.translated for dialect in dialects)

    @cached_property
    def wants(self) -> frozenset[str]:
        """Names of all features that a decision may look at; where there are none, nothing need be understood."""
        of_rules, of_fences = (each.wants for each in self.rules), (each.wants for each in self.fences)
        return frozenset().union(*of_rules, *of_fences)

    def shut_out(self, target: Target, features: Features) -> LeftOut | None:
        """Why a policy keeps a request from a target, whoever ranked it: denied, or beyond a data boundary."""
        return denial(target) or (shut_out(target, bound_by(self.fences, features)[0]) if self.fences else None)

    def wanted(self, features: Features) -> frozenset[str]:
        """Names of the features that a request's decision looks at, from those of it that are always there.

        A rule that fails by what is there already wants nothing, and no rule is
        asked behind one that matches by it.
        """
        alias = ALIASES.get(features.model)
        if not self.wants and alias is None:
            return self.wants
        found = frozenset[str]().union(*(fence.wants for fence in self.fences))
        for rule in self.rules:
            if rule.holds_at_once(features).holds:
                found |= rule.wants
                if rule.at_once:
                    return found
        if alias is not None and features.model not in self.by_model:
            found |= ranks_by(alias)
        return found

    targets: tuple[Target, ...] = ()
    """All of them, in the order of their names."""
    facts: Mapping[str, Facts] = field(default_factory=dict)
    """What predicting looks up, by the target's name."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name that an app may ask for, globs apart: declared models, what rules match exactly, and aliases.

        A name behind which there are only targets that a policy denies is none of them.
        """
        exact = {name for rule in self.rules if _allows(rule.targets) for name in exact_models(rule.route.match)}
        declared = (model for model, targets in self.by_model.items() if _allows(targets))
        aliases = ALIASES.keys() if self.targets and _allows(self.targets) else ()
        return tuple(sorted(exact.union(declared, aliases)))


def _allows(targets: tuple[Target, ...]) -> bool:
    """Whether there is one that the namespace may use, or none at all."""
    return not targets or any(target.denied_by is None for target in targets)


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
    stances = (hints.allowed for hints in snapshot.hints if hints.workload.items() <= labels.items())
    return Plan(
        digest,
        tuple(_rule(route, targets, custom) for route in own),
        by_model,
        fences=fences(snapshot, labels, targets.values()),
        hints=next(stances, False),
        dialects={
            provider.name: DIALECTS[provider.type] for provider in snapshot.providers if provider.type in DIALECTS
        },
        resilience=snapshot.resilience,
        tier=snapshot.tier,
        targets=tuple(targets.values()),
        facts={name: facts(target) for name, target in targets.items()},
    )


def _rule(route: Route, targets: Mapping[str, Target], custom: Callable[[Plugin], Custom | None]) -> Rule:
    made = clauses(route.match)
    at_once = tuple(clause for clause in made if not clause.wants)
    return Rule(
        id=route_id(route),
        route=route,
        clauses=made,
        holds=prepared(made),
        holds_at_once=prepared(at_once),
        at_once=len(at_once) == len(made),
        unmatched=lru_cache(_KEPT)(partial(RuleTrace, route.policy, route.rule)),
        matched=RuleTrace(route.policy, route.rule),
        targets=tuple(targets[used.target] for used in route.targets),
        weights={used.target: used.weight for used in route.targets},
        wants=ranks_by(route.strategy).union(*(clause.wants for clause in made)),
        may_lose=USUALLY_LOST if route.may_lose is None else _sayings(route.may_lose),
        custom=custom(route.strategy) if isinstance(route.strategy, Plugin) else None,
    )


def _sayings(names: Iterable[str]) -> frozenset[Saying]:
    """The sayings that are meant; what only a newer release knows is never said here."""
    return frozenset(saying for saying in Saying if saying.value in set(names))
