"""Which requests come, and what becomes of them at the provider. The same seed gives the same mix."""

from dataclasses import dataclass
from enum import Enum, auto
from random import Random
from typing import Final

from optipath_snapshot import (
    Egress,
    EgressRule,
    Match,
    Ordered,
    PolicyRef,
    Provider,
    Resilience,
    Route,
    RouteTarget,
    Snapshot,
    Target,
)

ALIASES: Final = tuple(f"mix-{number}" for number in range(30))
"""What is asked for. Each has a provider of its own, and behind it one that is always well.

So many, and so often well, that breakers and cool-downs leave enough of them to be asked.
"""
FAULTS: Final = (
    "e500", "502-html", "503-empty", "504-text", "e529", "overloaded-gemini", "429-retry-after-1", "quota", "auth",
    "429-reset-tokens-174ms", "e400", "e404", "e422", "context-over-1", "content-policy", "content-filter", "refusal",
    "slow-first-token-9", "slow-9s", "drip-20+tokens-40", "byte-drip-0+tokens-5", "keepalives-50+slow-first-token-9",
    "stall-after-3", "reset-after-3", "close-after-3", "truncate-after-3", "error-in-stream-0", "error-in-stream-3",
    "bad-chunk-3", "crlf", "cr+nospace", "multiline-data", "ids", "two-openings", "no-done", "no-finish", "done-only",
    "badjson", "empty", "error-200", "null", "wrong-type", "double-key", "bom", "lf-flood-2048", "big-event-64",
    "big-event-2048", "gzip", "gzip-bomb-40", "huge-body-40", "flood-4", "infinite-stream", "usage-each", "noUsage",
    "chunked-body", "chunk-extensions", "trailers", "close-delimited", "both-lengths", "two-lengths", "two-answers",
    "1xx", "big-headers-100", "hop-headers", "disconnect-at-head", "no-answer", "no-answer-rst", "idle-close",
    "keepalive-race", "keepalive-race-rst", "redirect-307", "tool", "json", "tokens-500",
)  # fmt: skip
WELL: Final = "ok"
_RESILIENCE: Final = Resilience(
    request_timeout_seconds=3, first_token_timeout_seconds=0.5, idle_timeout_seconds=0.3, connect_timeout_seconds=1
)


class Manner(Enum):
    """How a caller behaves."""

    PLAIN = auto()
    STREAMS = auto()
    LEAVES = auto()
    """In the middle of whatever happens then."""
    STUCK = auto()
    """Reads nothing for a while, and leaves."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One request."""

    alias: str
    behaviour: str
    """What its target does about it."""
    manner: Manner
    leaves_after: float
    """Seconds, where it leaves."""
    text: str


def turn(random: Random) -> Turn:
    """The next request; seven in ten meet a target that is well."""
    (manner,) = random.choices(tuple(Manner), weights=(40, 50, 8, 2))
    return Turn(
        alias=random.choice(ALIASES),
        behaviour=WELL if random.random() < 0.7 else random.choice(FAULTS),
        manner=manner,
        leaves_after=random.uniform(0, 0.5),
        text="x" * int(10 ** random.uniform(1, 5)),
    )


def snapshot(url: str) -> Snapshot:
    """A snapshot in which each alias has a target that may be ill, and one that is well."""
    names = {alias: f"{alias}/{alias}" for alias in ALIASES}
    return Snapshot(
        namespace="soak",
        egress=Egress(allow=(EgressRule(host="127.0.0.1", plaintext=True),)),
        providers=tuple(Provider(name=name, type="OpenAICompatible", url=url) for name in (*ALIASES, WELL)),
        targets=(
            *(Target(name=name, provider=of, model=of, upstream_model=of) for of, name in names.items()),
            Target(name=f"{WELL}/{WELL}", provider=WELL, model=WELL, upstream_model=WELL),
        ),
        routes=tuple(
            Route(
                policy=PolicyRef(namespace="soak", name="soak", generation=1),
                rule=alias,
                match=Match(models=(alias,)),
                strategy=Ordered(),
                targets=(RouteTarget(target=name), RouteTarget(target=f"{WELL}/{WELL}")),
                resilience=_RESILIENCE,
            )
            for alias, name in names.items()
        ),
    )
