"""Little going on: 20 requests a second at the provider itself, through nginx and through the router, in turn."""

from collections.abc import Callable, Sequence
from functools import partial

from e2e.bench.rig.client import Answer, Client
from e2e.bench.rig.load import at_a_rate, percentile

_PER_SECOND = 20
_ROUNDS = 3
_ROUND_SECONDS = 5

Rounds = Sequence[Sequence[Sequence[Answer]]]
"""Answers by round and by port."""


async def light(ports: Sequence[int], body: bytes) -> Rounds:
    """The answers to a request at each of three ports: the provider's, nginx's, the router's."""
    clients = [Client(port) for port in ports]
    asks = [partial(client.ask, body) for client in clients]
    rounds = [await at_a_rate(asks, per_second=_PER_SECOND, seconds=_ROUND_SECONDS) for _ in range(_ROUNDS)]
    for client in clients:
        client.close()
    return rounds


def added(rounds: Rounds, seconds: Callable[[Answer], float], share: float) -> tuple[float, float]:
    """Milliseconds that nginx and the router add to a percentile, each in its best round."""
    direct, nginx, router = (
        min(percentile([seconds(answer) for answer in answers], share) for answers in way) * 1e3
        for way in zip(*rounds, strict=True)
    )
    return nginx - direct, router - direct
