"""The record of a request, as plain values that make good JSON."""

from dataclasses import dataclass
from typing import Any

from optipath_router.chat.reply import Tried
from optipath_router.chat.usage import Usage
from optipath_router.decide.decision import Decision
from optipath_router.errors import Outcome


@dataclass(frozen=True, slots=True)
class Record:
    """One request that was admitted, from its arrival to its end."""

    id: str
    """The decision's id."""
    request_id: str
    arrived: float
    """Seconds since 1970."""
    seconds: float
    """To the end of the reply."""
    decision: Decision
    tried: tuple[Tried, ...]
    target: str | None
    """Who served it."""
    status: int
    outcome: Outcome | str
    streamed: bool
    usage: Usage | None

    def as_json(self) -> dict[str, Any]:
        """The record in the words of the API."""
        decision = self.decision
        return {
            "id": self.id,
            "request_id": self.request_id,
            "arrived": self.arrived,
            "seconds": self.seconds,
            "status": self.status,
            "outcome": self.outcome,
            "streamed": self.streamed,
            "target": self.target,
            "usage": None
            if self.usage is None
            else {
                "input_tokens": self.usage.input_tokens,
                "output_tokens": self.usage.output_tokens,
                "cached_input_tokens": self.usage.cached_input_tokens,
                "reasoning_tokens": self.usage.reasoning_tokens,
            },
            "attempts": [
                {
                    "target": tried.target,
                    "outcome": tried.outcome,
                    "status": tried.status,
                    "key": tried.key,
                    "started_seconds": tried.started_seconds,
                    "seconds": tried.seconds,
                    "message": tried.message,
                }
                for tried in self.tried
            ],
            "decision": decision_json(decision),
        }


def decision_json(decision: Decision) -> dict[str, Any]:
    """A decision in the words of the API."""
    return {
        "model": decision.model,
        "basis": decision.basis,
        "policy": str(decision.policy) if decision.policy else None,
        "rule": decision.rule,
        "strategy": decision.strategy,
        "ranking": [target.name for target in decision.ranking],
        "left_out": [
            {"target": left.target, "reason": left.reason, "detail": left.detail} for left in decision.left_out
        ],
        "rules": [
            {"policy": str(trace.policy), "rule": trace.rule, "matched": not trace.failed, "failed": trace.failed}
            for trace in decision.rules
        ],
        "resilience": decision.resilience.model_dump(),
        "snapshot": decision.snapshot,
        "health": decision.health,
        "draw": f"{decision.draw:016x}",
        "nearest": list(decision.nearest),
    }
