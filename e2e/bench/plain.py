"""What a plain request takes of a core, beside what it takes nginx."""

from collections.abc import AsyncIterator

from e2e.bench.figure import Figure
from e2e.bench.prompts import sizes
from e2e.bench.rig.took import took
from e2e.bench.rig.wire import Wire, on_the_wire

_ROUNDS = 3

# performance.md: the smallest must reach a share of nginx's requests/s, the largest a multiple of its processor time.
_SMALL, _LARGE = "1 KiB", "100 KiB"


@on_the_wire
async def plain(wire: Wire) -> AsyncIterator[Figure]:
    """As fast as it goes, in alternation with nginx; each proxy's best round counts.

    What a core gets through is counted in its own time: a proxy may be faster
    than the load and the upstream that share the other core.
    """
    failed = 0
    async with wire.both() as (theirs, ours, _):
        for size, body in sizes("plain", stream=False).items():
            rounds = [(await took(wire, theirs, body), await took(wire, ours, body)) for _ in range(_ROUNDS)]
            nginx, router = (min(one.micros for one in each) for each in zip(*rounds, strict=True))
            failed += sum(one.failed for each in rounds for one in each)
            if size == _SMALL:
                yield Figure(
                    f"plain, {size}: requests/s of a core",
                    1e6 / router,
                    "/s",
                    reach=0.15,
                    must=True,
                    nginx=1e6 / nginx,
                    of_nginx=True,
                    more_is_better=True,
                )
            what, large = f"plain, {size}: processor a request", size == _LARGE
            reach = {_SMALL: 150, _LARGE: 4}.get(size)
            yield Figure(what, router, "µs", reach, must=large, nginx=nginx, of_nginx=large)
    yield Figure("plain: requests that failed", failed, "", reach=0, must=True)
