"""What the operator and the router agree on.

A snapshot is one namespace's compiled configuration. The operator writes it,
the router reads it, and neither knows more of the other than stands here.
"""

from optipath_snapshot.capability import Capability
from optipath_snapshot.egress import Egress, EgressRule, may_connect
from optipath_snapshot.file import (
    FORMAT,
    MAX_BYTES,
    Refusal,
    SnapshotFile,
    SnapshotRefused,
    decode,
    digest,
    encode,
)
from optipath_snapshot.header import RESERVED_HEADERS, SECRET_HEADERS, Header
from optipath_snapshot.resilience import HedgeAfter, HedgeDelay, HedgeQuantile, Resilience
from optipath_snapshot.route import HeaderMatch, Match, PolicyRef, Route, RouteTarget
from optipath_snapshot.snapshot import Classifier, Snapshot
from optipath_snapshot.strategy import (
    Balanced,
    CostCeiling,
    HighestQuality,
    LeastBusy,
    LowestCost,
    LowestLatency,
    Ordered,
    Plugin,
    QualityFloor,
    RoundRobin,
    StickyConversation,
    StickyHeader,
    Strategy,
    Weighted,
)
from optipath_snapshot.target import LongContext, Pricing, Provider, Target
from optipath_snapshot.wellknown import WELL_KNOWN, WellKnown

__all__ = [
    "FORMAT",
    "MAX_BYTES",
    "RESERVED_HEADERS",
    "SECRET_HEADERS",
    "WELL_KNOWN",
    "Balanced",
    "Capability",
    "Classifier",
    "CostCeiling",
    "Egress",
    "EgressRule",
    "Header",
    "HeaderMatch",
    "HedgeAfter",
    "HedgeDelay",
    "HedgeQuantile",
    "HighestQuality",
    "LeastBusy",
    "LongContext",
    "LowestCost",
    "LowestLatency",
    "Match",
    "Ordered",
    "Plugin",
    "PolicyRef",
    "Pricing",
    "Provider",
    "QualityFloor",
    "Refusal",
    "Resilience",
    "RoundRobin",
    "Route",
    "RouteTarget",
    "Snapshot",
    "SnapshotFile",
    "SnapshotRefused",
    "StickyConversation",
    "StickyHeader",
    "Strategy",
    "Target",
    "Weighted",
    "WellKnown",
    "decode",
    "digest",
    "encode",
    "may_connect",
]
