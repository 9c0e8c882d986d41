"""Leader election: never two, soon one, and back at the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from optipath_operator.cluster.client import Unreachable
from optipath_operator.cluster.lease import Lease
from support.apiserver import ApiServer, refused
from support.timers import Timers, settle

PATH = "/apis/coordination.k8s.io/v1/namespaces/optipath-system/leases/optipath-operator"


class Candidate:
    """An operator that would lead."""

    def __init__(self, api: ApiServer, timers: Timers, name: str) -> None:
        self.told: list[str] = []
        self.lease = Lease(
            api,
            "optipath-system",
            name,
            now=timers,
            sleep=timers.sleep,
            began=lambda: self.told.append("began"),
            ended=lambda: self.told.append("ended"),
        )
        self.task = asyncio.create_task(self.lease.run())

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@asynccontextmanager
async def candidates(api: ApiServer, timers: Timers, *names: str) -> AsyncIterator[list[Candidate]]:
    found = []
    for name in names:
        found.append(Candidate(api, timers, name))
        await settle()
    try:
        yield found
    finally:
        for each in found:
            await each.stop()


async def test_the_first_one_leads_and_keeps_leading(api: ApiServer, timers: Timers) -> None:
    async with candidates(api, timers, "a", "b") as (a, b):
        for _ in range(60):
            await timers.advance(1)
            assert a.lease.leads()
            assert not b.lease.leads()
        assert a.told == ["began"]
        assert api.objects[PATH]["spec"]["leaseTransitions"] == 0


async def test_one_that_stops_gives_it_back_and_the_next_one_leads_in_a_second(api: ApiServer, timers: Timers) -> None:
    async with candidates(api, timers, "a", "b") as (a, b):
        await timers.advance(5)
        await a.stop()
        assert a.told == ["began", "ended"]
        assert api.objects[PATH]["spec"]["holderIdentity"] == ""
        await timers.advance(1)
        assert b.lease.leads()
        assert api.objects[PATH]["spec"]["leaseTransitions"] == 1


async def test_one_that_falls_silent_is_waited_for_by_our_own_observation(api: ApiServer, timers: Timers) -> None:
    spec = {"holderIdentity": "dead", "renewTime": "2001-01-01T00:00:00.000000Z", "leaseDurationSeconds": 15}
    api.put(PATH, {"spec": spec})
    async with candidates(api, timers, "b") as (b,):
        await timers.advance(14)
        assert not b.lease.leads(), "its clock may be wrong"
        await timers.advance(2)
        assert b.lease.leads()


async def test_a_longer_lease_of_another_release_is_respected(api: ApiServer, timers: Timers) -> None:
    api.put(PATH, {"spec": {"holderIdentity": "newer", "leaseDurationSeconds": 60}})
    async with candidates(api, timers, "b") as (b,):
        await timers.advance(50)
        assert not b.lease.leads()
        await timers.advance(11)
        assert b.lease.leads()


@pytest.mark.parametrize(
    "spec", [{}, {"spec": None}, {"spec": {"leaseTransitions": None}}], ids=["no spec", "null", "null in it"]
)
async def test_a_lease_that_somebody_made_by_hand_is_taken(
    spec: dict[str, object], api: ApiServer, timers: Timers
) -> None:
    api.put(PATH, spec)
    async with candidates(api, timers, "a") as (a,):
        await timers.advance(1)
        assert a.lease.leads()


@pytest.mark.case("O06")
async def test_a_leader_that_cannot_renew_stops_before_another_begins(api: ApiServer, timers: Timers) -> None:
    async with candidates(api, timers, "a", "b") as (a, b):
        await timers.advance(3)
        replace = api.replace

        async def only_b(path: str, body: dict[str, object]) -> dict[str, object]:
            if body["spec"]["holderIdentity"] == "a":  # type: ignore[index]  # JSON
                raise Unreachable("a is cut off")
            return await replace(path, body)

        api.replace = only_b  # type: ignore[method-assign]  # cuts off one of the two
        led = []
        for _ in range(40):
            await timers.advance(0.5)
            assert not (a.lease.leads() and b.lease.leads())
            led.append("a" if a.lease.leads() else "b" if b.lease.leads() else "-")
        assert led[0] == "a"
        assert led[-1] == "b"
        assert "-" in led


async def test_a_renewal_counts_from_when_it_was_asked_for(api: ApiServer, timers: Timers) -> None:
    async with candidates(api, timers, "a") as (a,):
        await timers.advance(2)
        api.fail("*", "leases", *(Unreachable("away") for _ in range(9)))
        await timers.advance(7.9)
        assert a.lease.leads()
        await timers.advance(0.2)
        assert not a.lease.leads()
        assert a.lease.held.is_set(), "which is noticed at the next try"
        await timers.advance(3)
        assert a.told == ["began", "ended"]


async def test_a_term_that_lapsed_is_over_even_if_the_next_renewal_comes_through(
    api: ApiServer, timers: Timers
) -> None:
    async with candidates(api, timers, "a") as (a,):
        await timers.advance(2)
        get = api.get

        async def slow(path: str, accept: str = "", **query: str) -> dict[str, object]:
            timers.now += 11
            return await get(path, accept, **query)

        api.get = slow  # type: ignore[method-assign]  # an answer that takes longer than the Lease lasts
        await timers.advance(1)
        api.get = get  # type: ignore[method-assign]  # as it was
        assert a.told == ["began", "ended", "began"]


async def test_a_conflict_on_its_own_lease_does_not_end_a_term(api: ApiServer, timers: Timers) -> None:
    async with candidates(api, timers, "a") as (a,):
        await timers.advance(1)
        api.fail("replace", "leases", refused(409))
        await timers.advance(7)
        assert a.told == ["began"]
        assert a.lease.leads()


async def test_two_that_race_for_it_do_not_both_win(api: ApiServer, timers: Timers) -> None:
    api.put(PATH, {"spec": {"holderIdentity": ""}})
    async with candidates(api, timers) as found:
        found += [Candidate(api, timers, name) for name in ("a", "b", "c")]
        for _ in range(20):
            await timers.advance(0.5)
            assert sum(each.lease.leads() for each in found) <= 1
        assert sum(each.lease.leads() for each in found) == 1


async def test_one_that_never_led_gives_nothing_back(api: ApiServer, timers: Timers) -> None:
    async with candidates(api, timers, "a", "b") as (a, b):
        await b.stop()
        assert a.lease.leads()
        assert api.objects[PATH]["spec"]["holderIdentity"] == "a"
