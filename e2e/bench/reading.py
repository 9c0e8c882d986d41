"""What it takes to read a request, and to give it another model."""

from collections.abc import Iterator
from functools import partial

from e2e.bench.figure import Figure, microseconds
from e2e.bench.prompts import sizes
from optipath_router.providers.openai.asked import read_asked
from optipath_router.providers.openai.request import outgoing

# performance.md, "Reading (and rewriting) the request": all typed, and Raw fields.
_READ = (1.0, 33.0, 53.4)
_REWRITTEN = (1.1, 12.7, 35.1)


def reading() -> Iterator[Figure]:
    """Reading what routing looks at."""
    for (size, body), reach in zip(sizes().items(), _READ, strict=True):
        yield Figure(f"read a request, {size}", microseconds(partial(read_asked, body)), "µs", reach)


def rewriting() -> Iterator[Figure]:
    """Putting the provider's name of the model in."""
    for (size, body), reach in zip(sizes().items(), _REWRITTEN, strict=True):
        step = partial(outgoing, body, read_asked(body), "gpt-5-mini", tell_usage=False)
        yield Figure(f"change its model, {size}", microseconds(step), "µs", reach)
