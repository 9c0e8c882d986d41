"""One limit: who has a place, who waits, and whose turn it is."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.call.limits.limit import Limit, Place
from optipath_snapshot import Concurrency, PolicyRef
from support.timers import Timers, settle

GOLD = PolicyRef(namespace="optipath-system", name="gold", generation=1)


def bound(max_concurrent: int, queue_length: int = 10, queue_seconds: float = 30.0) -> Concurrency:
    return Concurrency(
        policy=GOLD, max_concurrent=max_concurrent, queue_length=queue_length, queue_seconds=queue_seconds
    )


class Crowd:
    """Callers by name, and what became of them."""

    def __init__(self, max_concurrent: int, **queue: float) -> None:
        self.time = Timers()
        self.limit = Limit(bound(max_concurrent, **queue), self.time, self.time.later)  # type: ignore[arg-type]
        self.inside: dict[str, Place] = {}
        self.order: list[str] = []
        """Who got a place, in order."""
        self.refused: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def comes(self, *names: str, waits: float = 30.0) -> None:
        for name in names:
            self.tasks[name] = asyncio.create_task(self._enter(name, waits))
        await settle()

    async def leaves(self, *names: str, after: float = 0.0) -> None:
        await self.time.advance(after)
        for name in names:
            self.inside.pop(name).leave(served=True)
        await settle()

    async def _enter(self, name: str, waits: float) -> None:
        place = self.limit.enter()
        if place is None and not self.limit.queue_full:
            place = await self.limit.turn(waits)
        if place is None:
            self.refused.append(name)
        else:
            self.inside[name] = place
            self.order.append(name)


async def test_who_waits_gets_in_by_the_order_of_coming() -> None:
    crowd = Crowd(2)
    await crowd.comes("a", "b", "c", "d", "e")
    assert (crowd.order, crowd.limit.waiting) == (["a", "b"], 3)
    await crowd.leaves("b")
    await crowd.leaves("a", "c")
    assert crowd.order == ["a", "b", "c", "d", "e"]
    assert (crowd.limit.under_way, crowd.limit.waiting) == (2, 0)


async def test_a_newcomer_does_not_overtake_who_is_called_in() -> None:
    crowd = Crowd(1)
    await crowd.comes("a", "waits")
    crowd.inside.pop("a").leave(served=True)
    # In the same turn of the loop, before `waits` has gone on.
    assert crowd.limit.enter() is None
    await settle()
    assert crowd.order == ["a", "waits"]


async def test_beyond_the_queue_one_is_refused_at_once() -> None:
    crowd = Crowd(1, queue_length=1)
    await crowd.comes("a", "b", "c")
    assert (crowd.refused, crowd.limit.waiting) == (["c"], 1)


async def test_who_has_waited_long_enough_is_refused_and_the_next_one_is_first() -> None:
    crowd = Crowd(1)
    await crowd.comes("a")
    await crowd.comes("b", waits=5)
    await crowd.comes("c", waits=30)
    await crowd.time.advance(5)
    assert (crowd.refused, crowd.limit.waiting) == (["b"], 1)
    await crowd.leaves("a")
    assert crowd.order == ["a", "c"]


async def test_who_leaves_the_queue_takes_no_place() -> None:
    crowd = Crowd(1)
    await crowd.comes("a", "b", "c")
    crowd.tasks["b"].cancel()
    await settle()
    assert crowd.limit.waiting == 1
    await crowd.leaves("a")
    assert (crowd.order, crowd.limit.under_way) == (["a", "c"], 1)


async def test_who_is_gone_as_their_turn_comes_passes_it_on() -> None:
    crowd = Crowd(1)
    await crowd.comes("a", "b", "c")
    # `b` is called in, and is cancelled before it could go on.
    crowd.inside.pop("a").leave(served=True)
    crowd.tasks["b"].cancel()
    await settle()
    assert (crowd.order, crowd.limit.under_way) == (["a", "c"], 1)


async def test_who_is_gone_is_not_called_in() -> None:
    crowd = Crowd(1)
    await crowd.comes("a", "b", "c")
    crowd.tasks["b"].cancel()
    crowd.inside.pop("a").leave(served=True)
    await settle()
    assert (crowd.order, crowd.limit.under_way, crowd.limit.waiting) == (["a", "c"], 1, 0)


async def test_a_bound_that_grows_calls_in_who_waits() -> None:
    crowd = Crowd(1)
    await crowd.comes("a", "b", "c", "d")
    crowd.limit.take(bound(3))
    await settle()
    assert (crowd.order, crowd.limit.waiting) == (["a", "b", "c"], 1)


async def test_a_bound_that_shrinks_ends_nobody_and_calls_in_nobody_until_there_is_room() -> None:
    crowd = Crowd(3)
    await crowd.comes("a", "b", "c", "d")
    crowd.limit.take(bound(1))
    await crowd.leaves("a", "b")
    assert (crowd.order, crowd.limit.under_way) == (["a", "b", "c"], 1)
    await crowd.leaves("c")
    assert crowd.order == ["a", "b", "c", "d"]


async def test_a_bound_that_is_gone_lets_everybody_in() -> None:
    crowd = Crowd(1)
    await crowd.comes("a", "b", "c")
    crowd.limit.take(None)
    await settle()
    assert (crowd.order, crowd.limit.waiting) == (["a", "b", "c"], 0)


# The number of places, how long each is held, how many wait, and when to come back.
RETRIES: dict[str, tuple[int, float, int, float]] = {
    "nobody knows yet": (1, 0.0, 0, 1),
    "a place a second": (4, 4.0, 0, 1),
    "after those who wait": (4, 4.0, 6, 7),
    "places are held long": (2, 30.0, 1, 30),
    "never later than in a minute": (1, 300.0, 3, 60),
    "never sooner than in a second": (16, 0.2, 2, 1),
}


@pytest.mark.case("D08")
@pytest.mark.parametrize(("places", "held", "waiting", "seconds"), RETRIES.values(), ids=RETRIES)
async def test_when_to_come_back_is_told_from_how_long_places_are_held(
    places: int, held: float, waiting: int, seconds: float
) -> None:
    crowd = Crowd(places)
    if held:
        await crowd.comes("first")
        await crowd.leaves("first", after=held)
    await crowd.comes(*(f"inside-{number}" for number in range(places)))
    await crowd.comes(*(f"waits-{number}" for number in range(waiting)))
    assert crowd.limit.retry_seconds() == pytest.approx(seconds)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("comes"), st.sampled_from([1.0, 3.0, 60.0])),
        st.tuples(st.sampled_from(["leaves", "cancelled", "cancelled at once"]), st.integers(0, 30)),
        st.tuples(st.just("time"), st.sampled_from([0.5, 2.0])),
        st.tuples(st.just("bound"), st.integers(1, 4)),
    ),
    max_size=40,
)


@given(steps=STEPS)
def test_no_place_is_lost_or_given_twice_whatever_happens(steps: list[tuple[str, float]]) -> None:
    asyncio.run(_whatever_happens(steps))


async def _whatever_happens(steps: list[tuple[str, float]]) -> None:
    crowd, most, names = Crowd(2, queue_length=3), 2, iter(range(1000))
    do: dict[str, Callable[[float], Awaitable[None]]] = {
        "comes": lambda waits: crowd.comes(f"{next(names):03}", waits=waits),
        "time": crowd.time.advance,
    }
    for what, how in steps:
        if what in do:
            await do[what](how)
        elif what == "bound":
            crowd.limit.take(bound(int(how), queue_length=3))
            most = int(how)
            await settle()
        elif what == "leaves" and crowd.inside:
            await crowd.leaves(sorted(crowd.inside)[int(how) % len(crowd.inside)])
        elif what.startswith("cancelled") and (waiting := [each for each in crowd.tasks.values() if not each.done()]):
            if what.endswith("at once") and crowd.inside:
                crowd.inside.pop(min(crowd.inside)).leave(served=True)
            waiting[int(how) % len(waiting)].cancel()
            await settle()
        assert crowd.limit.under_way == len(crowd.inside)
        if crowd.limit.waiting:
            assert crowd.limit.under_way >= most, "nobody waits while there is a place"
        assert crowd.order == sorted(crowd.order), "nobody overtakes"
    while crowd.inside:
        await crowd.leaves(min(crowd.inside))
    await crowd.time.advance(100)
    assert (crowd.limit.under_way, crowd.limit.waiting) == (0, 0)
