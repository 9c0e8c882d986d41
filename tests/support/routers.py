"""Routers as the operator asks them: what each would say, and how often it was asked."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from optipath_operator.channel.answer import Answer, TargetSaid
from optipath_operator.channel.ask import Heard, Outcome
from optipath_operator.cluster.client import Json
from optipath_operator.resources.health import Breaker, Health, LastError


@dataclass
class Paper:
    """A router made of paper."""

    digest: str = ""
    outcome: Outcome = Outcome.ANSWERED
    age: float = 0.0
    uptime: float = 3600.0
    targets: dict[tuple[str, str], TargetSaid] = field(default_factory=dict)
    spend: dict[str, Decimal] = field(default_factory=dict)

    def fails(self, provider: str, *models: str, error: LastError = LastError.TIMEOUT) -> None:
        """Have opened the breakers of some models."""
        self.targets |= {
            (provider, model): TargetSaid(Health.DOWN, Breaker.OPEN, error, error_seconds=1.0) for model in models
        }

    def serves(self, provider: str, *models: str) -> None:
        """Have been served well by some models."""
        self.targets |= {(provider, model): TargetSaid(Health.HEALTHY, Breaker.CLOSED, None, 0.0) for model in models}


class Routers:
    """Routers by their pods' addresses."""

    def __init__(self) -> None:
        self.at: dict[str, Paper] = {}
        self.asked: Counter[str] = Counter()
        self.tokens: set[str] = set()

    async def ask(self, address: str, token: str) -> Heard:
        """What the operator's own asker does."""
        self.asked[address] += 1
        self.tokens.add(token)
        router = self.at.get(address)
        if router is None:
            return Heard(Outcome.UNREACHABLE)
        if router.outcome is not Outcome.ANSWERED:
            return Heard(router.outcome)
        answer = Answer(router.digest, router.age, router.uptime, dict(router.targets), dict(router.spend))
        return Heard(Outcome.ANSWERED, answer)


_versions = iter(range(1000, 10**9))


def row(
    name: str = "chat-1", address: str = "10.0.0.1", *, ready: bool = True, of: str = "team-a", **metadata: Any
) -> Json:
    """A router pod, as a row of a table tells of it."""
    labels = {"optipath.io/router": "enabled", "app": "chat"}
    made = {"name": name, "namespace": of, "uid": f"uid-of-{name}", "resourceVersion": str(next(_versions))}
    cells = {"IP": address or "<none>", "Ready": "2/2" if ready else "1/2"}
    return {"metadata": {**made, "labels": labels, **metadata}, "cells": cells}
