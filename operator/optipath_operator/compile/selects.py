"""Which namespaces are meant: by their labels, by their tier, by what an owner shares."""

from collections.abc import Mapping
from typing import assert_never

from optipath_operator.resources import LabelRequirementSpec, NamespaceSelectorSpec, ScopeSpec, SharingSpec

TIER_LABEL = "optipath.io/sla-tier"
NAME_LABEL = "kubernetes.io/metadata.name"
"""What the API server labels every namespace with, so that it can be selected by its name."""

Labels = Mapping[str, str]


def tier(labels: Labels) -> str | None:
    """The SLA class of a namespace with these labels."""
    return labels.get(TIER_LABEL) or None


def speaks_to(scope: ScopeSpec, labels: Labels) -> bool:
    """Whether a scope is for a namespace with these labels."""
    in_tier = scope.tiers is None or tier(labels) in scope.tiers
    return in_tier and (scope.namespace_selector is None or selects(scope.namespace_selector, labels))


def is_shared(sharing: SharingSpec, owner: str, namespace: str, labels: Labels) -> bool:
    """Whether the owner of a provider lets a namespace with these labels route to it."""
    if owner == namespace or sharing.admitted == "All":
        return True
    return sharing.namespace_selector is not None and selects(sharing.namespace_selector, labels)


def selects(selector: NamespaceSelectorSpec, labels: Labels) -> bool:
    """Whether a namespace with these labels is selected."""
    wanted = selector.match_labels or {}
    return wanted.items() <= labels.items() and all(
        _holds(requirement, labels.get(requirement.key)) for requirement in selector.match_expressions or ()
    )


def _holds(requirement: LabelRequirementSpec, value: str | None) -> bool:
    match requirement.operator:
        case "In":
            return value in (requirement.values or ())
        case "NotIn":
            return value not in (requirement.values or ())
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case _:
            assert_never(requirement.operator)
