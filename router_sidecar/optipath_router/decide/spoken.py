"""Whether a target's dialect can say what a request says. What it cannot is lost only where a policy allows that."""

from optipath_router.chat.features import Features
from optipath_router.decide.decision import LeftOut, Reason
from optipath_router.providers import Dialect
from optipath_snapshot import Capability, Saying, Target


def unspoken(target: Target, features: Features, dialect: Dialect, may_lose: frozenset[Saying]) -> LeftOut | None:
    """What a target's dialect cannot say of a request; None where nothing is lost that may not be."""
    exchange = dialect.exchanges.get(features.wire)
    if exchange is None:
        return LeftOut(target.name, Reason.UNSUPPORTED_FEATURE, f"its provider does not serve {features.wire}")
    if not features.says or exchange.sayings is None:
        return None
    lost = sorted(features.says - exchange.sayings - may_lose)
    if not lost:
        return None
    named = ", ".join(lost) + (f" ({', '.join(features.others)})" if Saying.OTHER in lost and features.others else "")
    told = f"the request says what its provider's dialect cannot: {named}"
    return LeftOut(target.name, Reason.UNSUPPORTED_FEATURE, told)


def lacks(target: Target, features: Features, dialect: Dialect | None) -> Capability | None:
    """What a request needs and a model cannot do; a JSON schema may be asked for in weaker words."""
    lacking = features.needs.intersection(target.lacks)
    if Capability.JSON_SCHEMA in lacking and dialect is not None and dialect.weaker:
        lacking -= {Capability.JSON_SCHEMA}
        if Capability.JSON_MODE in target.lacks:
            lacking |= {Capability.JSON_MODE}
    return min(lacking, default=None)
