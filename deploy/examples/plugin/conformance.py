"""Whether a strategy is one that OptiPath can live with.

    python conformance.py thrifty:make '{"atMost": "3"}'

It is asked as a router asks it, with all that may be unknown, and must answer
with a finite score for each candidate, the same for the same, whatever their
order, and quickly: the router's event loop waits for it.
"""

import json
import math
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from itertools import product
from statistics import median

from optipath_router.chat.features import Features, TaskType
from optipath_router.decide.rank import Candidate

Make = Callable[[Mapping[str, str]], Callable[[Features, Sequence[Candidate]], Sequence[float]]]

QUICK_SECONDS = 0.0005
"""For 16 candidates. Three calls in a row of 5 ms, and a router switches a strategy off."""

REQUESTS = (
    Features("auto", 1),
    Features("auto", 100_000, 4000, streams=True, tasks=((TaskType.CODE, 0.8), (TaskType.CHAT, 0.2)), difficulty=1.0),
)


def complaints(make: Make, config: Mapping[str, str]) -> list[str]:
    """What is wrong with a strategy; nothing where it conforms."""
    scores = make(config)
    found = []
    for request, candidates in product(REQUESTS, _situations()):
        where = f"with {len(candidates)} candidates and {request.input_tokens} tokens"
        given = list(scores(request, candidates))
        if len(given) != len(candidates):
            found.append(f"{where}: {len(given)} scores")
        elif not all(math.isfinite(score) for score in given):
            found.append(f"{where}: a score is not finite: {given}")
        elif list(scores(request, candidates)) != given:
            found.append(f"{where}: asked again, it gives other scores")
        elif list(scores(request, candidates[::-1])) != given[::-1]:
            found.append(f"{where}: in another order, candidates have other scores")
    took = median(_seconds(scores) for _ in range(51))
    if took > QUICK_SECONDS:
        found.append(f"16 candidates take {took * 1e6:.0f} µs, more than {QUICK_SECONDS * 1e6:.0f}")
    return found


def _situations() -> list[list[Candidate]]:
    """Candidates of which everything, something and nothing is known."""
    chance = random.Random(1)  # noqa: S311 - the same candidates each time
    unknown = [Candidate("acme/unknown", 1, None, None, None, None, 0)]
    free = [Candidate("acme/free", 0, 0.0, 0.0, 0.0, 0.0, 0)]
    many = [
        Candidate(
            f"acme/model-{number}", number, chance.random() / 100, chance.random() * 9, chance.random(), 0.9, number
        )
        for number in range(16)
    ]
    return [[], unknown, free, many, [*unknown, *free, *many[:3]]]


def _seconds(scores: Callable[[Features, Sequence[Candidate]], Sequence[float]]) -> float:
    started = time.perf_counter()
    scores(REQUESTS[1], _SIXTEEN)
    return time.perf_counter() - started


_SIXTEEN = _situations()[3]


def main() -> None:
    """Check the strategy that the first argument names, made with the second."""
    module, _, name = sys.argv[1].partition(":")
    config = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    sys.path.insert(0, ".")
    found = complaints(getattr(import_module(module), name), config)
    print("\n".join(found) or "conforms")  # noqa: T201
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
