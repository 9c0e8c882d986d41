"""What users write: ModelProvider and RoutingPolicy.

The models here are the source. Their docstrings are what `kubectl explain`
prints, and `deploy/crds` is generated from them.
"""

from optipath_operator.resources.base import GROUP, VERSION
from optipath_operator.resources.boundary import BoundarySpec, HandlingSpec
from optipath_operator.resources.endpoint import CaBundleRef, EndpointSpec
from optipath_operator.resources.limits import PolicyLimitsSpec, QueueSpec
from optipath_operator.resources.match import (
    Conditions,
    HeaderMatchSpec,
    InnerMatchSpec,
    MatchSpec,
    TimeWindowSpec,
)
from optipath_operator.resources.policy import (
    HedgeSpec,
    ResilienceSpec,
    RoutingPolicySpec,
    RuleSpec,
    TargetSpec,
)
from optipath_operator.resources.problem import Problem, ResourceRef, Severity
from optipath_operator.resources.provider import (
    LongContextSpec,
    ModelProviderSpec,
    ModelSpec,
    PricingSpec,
    QualitySpec,
)
from optipath_operator.resources.reading import Read, Resource, read_policy, read_provider
from optipath_operator.resources.scope import ClampSpec, ClampTargetSpec, ScopeSpec
from optipath_operator.resources.selector import LabelRequirementSpec, NamespaceSelectorSpec
from optipath_operator.resources.sharing import SharingSpec
from optipath_operator.resources.strategy import BalancedSpec, CostWithinSpec, StickySpec, StrategySpec

__all__ = [
    "GROUP",
    "VERSION",
    "BalancedSpec",
    "BoundarySpec",
    "CaBundleRef",
    "ClampSpec",
    "ClampTargetSpec",
    "Conditions",
    "CostWithinSpec",
    "EndpointSpec",
    "HandlingSpec",
    "HeaderMatchSpec",
    "HedgeSpec",
    "InnerMatchSpec",
    "LabelRequirementSpec",
    "LongContextSpec",
    "MatchSpec",
    "ModelProviderSpec",
    "ModelSpec",
    "NamespaceSelectorSpec",
    "PolicyLimitsSpec",
    "PricingSpec",
    "Problem",
    "QualitySpec",
    "QueueSpec",
    "Read",
    "ResilienceSpec",
    "Resource",
    "ResourceRef",
    "RoutingPolicySpec",
    "RuleSpec",
    "ScopeSpec",
    "Severity",
    "SharingSpec",
    "StickySpec",
    "StrategySpec",
    "TargetSpec",
    "TimeWindowSpec",
    "read_policy",
    "read_provider",
]
