"""What the operator and the router agree on.

A snapshot is one namespace's compiled configuration. The operator writes it,
the router reads it, and neither knows more of the other than stands here.
"""

from optipath_snapshot.boundary import Boundary, Handling, Hints, Locality, why_not_admitted
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
from optipath_snapshot.limits import Concurrency
from optipath_snapshot.match import (
    AllOf,
    AnyOf,
    Condition,
    Difficulty,
    HeaderMatch,
    InputTokens,
    Languages,
    Match,
    Modalities,
    NoneOf,
    Sensitivity,
    TaskTypes,
    Timeliness,
    TimeWindow,
    TimeWindows,
)
from optipath_snapshot.policy import PolicyRef
from optipath_snapshot.resilience import HedgeAfter, HedgeDelay, HedgeQuantile, Resilience
from optipath_snapshot.route import Route, RouteTarget
from optipath_snapshot.saying import USUALLY_LOST, Saying
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
from optipath_snapshot.target import LongContext, Pricing, Provider, QualitySource, Target
from optipath_snapshot.wellknown import WELL_KNOWN, WellKnown, hosts_by_name

__all__ = [
    "FORMAT",
    "MAX_BYTES",
    "RESERVED_HEADERS",
    "SECRET_HEADERS",
    "USUALLY_LOST",
    "WELL_KNOWN",
    "AllOf",
    "AnyOf",
    "Balanced",
    "Boundary",
    "Capability",
    "Classifier",
    "Concurrency",
    "Condition",
    "CostCeiling",
    "Difficulty",
    "Egress",
    "EgressRule",
    "Handling",
    "Header",
    "HeaderMatch",
    "HedgeAfter",
    "HedgeDelay",
    "HedgeQuantile",
    "HighestQuality",
    "Hints",
    "InputTokens",
    "Languages",
    "LeastBusy",
    "Locality",
    "LongContext",
    "LowestCost",
    "LowestLatency",
    "Match",
    "Modalities",
    "NoneOf",
    "Ordered",
    "Plugin",
    "PolicyRef",
    "Pricing",
    "Provider",
    "QualityFloor",
    "QualitySource",
    "Refusal",
    "Resilience",
    "RoundRobin",
    "Route",
    "RouteTarget",
    "Saying",
    "Sensitivity",
    "Snapshot",
    "SnapshotFile",
    "SnapshotRefused",
    "StickyConversation",
    "StickyHeader",
    "Strategy",
    "Target",
    "TaskTypes",
    "TimeWindow",
    "TimeWindows",
    "Timeliness",
    "Weighted",
    "WellKnown",
    "decode",
    "digest",
    "encode",
    "hosts_by_name",
    "may_connect",
    "why_not_admitted",
]
