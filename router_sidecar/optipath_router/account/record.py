"""The record of a request, as plain values that make good JSON."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec

from optipath_router.account.billing import Bill
from optipath_router.chat.features import Features
from optipath_router.chat.reply import Tried
from optipath_router.chat.usage import Usage
from optipath_router.chat.wait import Wait
from optipath_router.decide.decision import Decision
from optipath_router.decide.judged import judged
from optipath_router.decide.scored import Scored
from optipath_router.errors import Outcome
from optipath_snapshot import Target


class Record(msgspec.Struct, frozen=True):
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
    """What was tried or passed over, in the order in which it began."""
    bills: tuple[Bill, ...]
    """For each of them."""
    target: Target | None
    """Who served it."""
    status: int
    outcome: Outcome | str
    streamed: bool
    wait: Wait | None = None
    """What a limit had it wait for, or refused it by; None where it was let in at once."""

    @property
    def attempts(self) -> int:
        """How many there were."""
        return sum(tried.made for tried in self.tried)

    @property
    def usage(self) -> Usage | None:
        """Of the answer that was served."""
        served = [bill for tried, bill in zip(self.tried, self.bills, strict=True) if tried.target is self.target]
        return served[-1].usage if served else None

    @property
    def cost(self) -> Decimal | None:
        """Dollars that all attempts cost together; None where one of them is not known."""
        costs = [bill.cost for bill in self.bills]
        return None if None in costs else sum(filter(None, costs), Decimal(0))

    @property
    def provider_seconds(self) -> float:
        """How long at least one attempt was under way; the rest is this router's own, and rests before retries."""
        made = [tried for tried in self.tried if tried.made]
        return made[0].seconds if len(made) == 1 else _covered((each.started_seconds, each.seconds) for each in made)

    def as_json(self) -> dict[str, Any]:
        """The record in the words of the API."""
        return {
            "id": self.id,
            "request_id": self.request_id,
            "arrived": self.arrived,
            "seconds": self.seconds,
            "provider_seconds": self.provider_seconds,
            "status": self.status,
            "outcome": self.outcome,
            "streamed": self.streamed,
            "target": self.target and self.target.name,
            "usage": usage_json(self.usage),
            "cost": _dollars(self.cost),
            "attempts": [
                _attempt_json(tried, bill) for tried, bill in zip(self.tried, self.bills, strict=True) if tried.made
            ],
            "passed_over": [
                {"target": tried.target.name, "reason": tried.outcome, "detail": tried.message}
                for tried in self.tried
                if not tried.made
            ],
            "wait": self.wait and _wait_json(self.wait),
            "decision": decision_json(self.decision),
        }


def _wait_json(wait: Wait) -> dict[str, Any]:
    refusal = wait.refusal
    return {"policy": wait.policy, "seconds": wait.seconds, "refused": refusal and refusal.message}


def _covered(spans: Iterable[tuple[float, float]]) -> float:
    """The length of time that spans, each a start and a length, cover together."""
    total, reached = 0.0, 0.0
    for start, length in sorted(spans):
        end = start + length
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def _dollars(cost: Decimal | None) -> str | None:
    return None if cost is None else f"{cost:f}"


def usage_json(usage: Usage | None) -> dict[str, int | bool] | None:
    """A usage in the words of the API."""
    if usage is None:
        return None
    return {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cached_input_tokens": usage.cached_input_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "estimated": usage.estimated,
    }


def _attempt_json(tried: Tried, bill: Bill) -> dict[str, Any]:
    return {
        "target": tried.target.name,
        "outcome": tried.outcome,
        "status": tried.status,
        "key": tried.key,
        "started_seconds": tried.started_seconds,
        "first_content_seconds": tried.first_content_seconds,
        "seconds": tried.seconds,
        "retry_after_seconds": tried.retry_after_seconds,
        "usage": usage_json(bill.usage),
        "cost": _dollars(bill.cost),
        "message": tried.message,
    }


def decision_json(decision: Decision) -> dict[str, Any]:
    """A decision in the words of the API."""
    return {
        "model": decision.model,
        "features": _features_json(decision.features),
        "basis": decision.basis,
        "policy": str(decision.policy) if decision.policy else None,
        "rule": decision.rule,
        "tier": decision.tier,
        "provenance": dict(decision.provenance),
        "strategy": decision.strategy,
        "ranking": [target.name for target in decision.ranking],
        "left_out": [
            {"target": left.target, "reason": left.reason, "detail": left.detail} for left in decision.left_out
        ],
        "rules": [
            {"policy": str(trace.policy), "rule": trace.rule, "matched": not trace.failed, "failed": trace.failed}
            for trace in decision.rules
        ],
        "boundaries": [
            {"policy": str(trace.policy), "boundary": trace.boundary, "why": trace.why} for trace in decision.boundaries
        ],
        "resilience": decision.resilience.model_dump(),
        "snapshot": decision.snapshot,
        "health": decision.health,
        "turn": decision.turn,
        "draw": f"{decision.draw:016x}",
        "nearest": list(decision.nearest),
        "scored": [_scored_json(scored) for scored in decision.scored],
        "nevertheless": [{"target": each.target, "reason": each.reason} for each in decision.nevertheless],
        "in_flight": decision.in_flight and dict(decision.in_flight),
        "measured": decision.measured
        and {name: msgspec.structs.asdict(measured) for name, measured in decision.measured.items()},
        "warm": decision.warm and msgspec.structs.asdict(decision.warm),
    }


def _scored_json(scored: Scored) -> dict[str, Any]:
    return {
        "target": scored.target,
        "total": scored.total,
        "parts": [msgspec.structs.asdict(part) | {"judged": judged(part, scored)} for part in scored.parts],
        "note": scored.note,
    }


def _features_json(features: Features) -> dict[str, Any]:
    """What was seen in a request, but for its headers: they are the app's, and may say who its user is."""
    understood = {
        "answers": None if features.answers == 1 else features.answers,
        "says": None if features.says is None else sorted(features.says),
        "tasks": features.tasks and {task: round(probability, 4) for task, probability in features.tasks},
        "domain": features.domain,
        "difficulty": features.difficulty,
        "language": features.language,
        "timeliness": None if features.timeliness is None else sorted(features.timeliness),
        "sensitivity": None if features.sensitivity is None else sorted(features.sensitivity),
        "looked_through": None if features.sensitivity is None else features.looked_through,
        "known_quality": features.known_quality and dict(features.known_quality),
        "conversation": features.conversation,
        "at": features.at,
        "seen": features.seen and dict(features.seen),
    }
    return {
        "wire": features.wire,
        "input_tokens": features.input_tokens,
        "output_tokens": features.output_tokens,
        "needs": sorted(features.needs),
        "turns": features.turns,
        "modalities": sorted(features.modalities),
        # What nobody asked for is not there.
        **{name: value for name, value in understood.items() if value is not None},
    }
