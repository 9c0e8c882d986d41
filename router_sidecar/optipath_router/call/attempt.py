"""An attempt: one try at one target, with all that it needs to know."""

import msgspec

from optipath_router.call.endpoint import Endpoint
from optipath_router.call.trail import Trail
from optipath_router.chat.request import ChatRequest
from optipath_router.credentials import Key
from optipath_router.providers import Exchange
from optipath_snapshot import Resilience, Target


class Attempt(msgspec.Struct, frozen=True):
    """One try at one target."""

    request: ChatRequest
    target: Target
    endpoint: Endpoint
    exchange: Exchange
    """How the request is put to it."""
    key: Key | None
    """None where the provider asks for none."""
    resilience: Resilience
    deadline: float
    """The moment, on the monotonic clock, at which the whole request must have ended."""
    trail: Trail
    """Where it is written down."""
