"""How many namespaces there are of each tier, as a metric may tell it."""

from collections import Counter
from collections.abc import Iterator

from optipath_operator.compile.selects import tier as tier_of
from optipath_operator.reconcile.store import Store

NONE, OTHER = "none", "other"


def by_tier(store: Store) -> Counter[str]:
    """Namespaces with a configuration by tier: those that a policy speaks to, `other` for any other, and `none`.

    A label is somebody's to write; so many series as it has values there must not be.
    """
    named = frozenset(_named(store))
    counted = Counter(dict.fromkeys((*named, NONE, OTHER), 0))
    for _, state in store.states():
        if state.needs_config:
            tier = tier_of(state.labels)
            counted[tier if tier in named else OTHER if tier else NONE] += 1
    return counted


def _named(store: Store) -> Iterator[str]:
    """The tiers that policies of the operator's namespace speak to, as they are written."""
    home = store.state(store.operator_namespace)
    for ref in store.scope_policies():
        match home and home.resources[ref].manifest:
            case {"spec": {"scope": {"tiers": list(tiers)}}}:
                yield from (tier for tier in tiers if isinstance(tier, str))
