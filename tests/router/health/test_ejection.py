"""Who is left out for doing far worse than its peers, and when it comes back."""

import pytest

from optipath_router.call.health.ejection import EjectionSettings, Member, judge

SETTINGS = EjectionSettings()


class Peers:
    """Targets that serve one model, as many as a test needs."""

    def __init__(self, count: int = 2) -> None:
        self.now = 1000.0
        self.members = [Member(SETTINGS) for _ in range(count)]

    def answer(self, who: int, times: int = 1, *, seconds: float = 0.2, fails: int = 0) -> None:
        """So many attempts at one of them, the first few of which fail."""
        for number in range(times):
            good = number >= fails
            self.members[who].add(self.now, good=good, first_content_seconds=seconds if good else None)
            judge(self.members[who], self.members, self.now, good=good)

    def out(self) -> list[int]:
        """Those that are ejected now."""
        return [who for who, member in enumerate(self.members) if member.until(self.now) is not None]


@pytest.mark.row("A04")
def test_one_that_becomes_slow_is_out_after_some_ten_slow_answers() -> None:
    peers = Peers()
    for _ in range(30):
        peers.answer(0)
        peers.answer(1)
    slow = 0
    while not peers.out():
        peers.answer(0)
        peers.answer(1, seconds=3.0)
        slow += 1
    assert peers.out() == [1]
    assert slow <= 11
    assert "3.0 s" in peers.members[1].why


SLOW = {
    "thrice as slow, and a second": (1.7, 0.5, True),
    "thrice as slow, but less than a second": (1.4, 0.5, False),
    "a second slower, but not thrice as slow": (5.0, 2.0, False),
    "thrice as slow among slow ones": (7.0, 2.0, True),
    "the faster one": (0.1, 5.0, False),
}


@pytest.mark.parametrize(("own", "usual", "out"), SLOW.values(), ids=SLOW)
def test_slow_is_relative_to_the_peers(own: float, usual: float, *, out: bool) -> None:
    peers = Peers()
    peers.answer(0, 10, seconds=usual)
    peers.answer(1, 10, seconds=own)
    assert peers.out() == ([1] if out else [])


FAILING = {
    "fails four in ten": (4, 0, True),
    "fails three in ten": (3, 0, False),
    "fails four in ten, as its peer two": (4, 2, False),
    "fails seven in ten, as its peer two": (7, 2, True),
}


@pytest.mark.parametrize(("own", "usual", "out"), FAILING.values(), ids=FAILING)
def test_unreliable_is_relative_to_the_peers(own: int, usual: int, *, out: bool) -> None:
    peers = Peers()
    peers.answer(0, 10, fails=usual)
    peers.answer(1, 10 - own)
    peers.answer(1, own, fails=own)
    assert peers.out() == ([1] if out else [])


def test_nobody_is_judged_by_few_samples_or_against_few() -> None:
    peers = Peers()
    peers.answer(0, 9)
    peers.answer(1, 20, seconds=9.0)
    assert peers.out() == []
    peers = Peers()
    peers.answer(0, 20)
    peers.answer(1, 9, seconds=9.0)
    assert peers.out() == []


@pytest.mark.parametrize(("count", "most"), {1: 0, 2: 1, 3: 1, 4: 2, 5: 2}.items())
def test_at_most_half_of_them_are_out(count: int, most: int) -> None:
    peers = Peers(count)
    peers.answer(0, 20)
    for who in range(1, count):
        peers.answer(who, 20, seconds=60.0 * 4**who)
    assert len(peers.out()) <= most


def test_it_comes_back_after_half_a_minute_and_is_judged_anew() -> None:
    peers = Peers()
    peers.answer(0, 20)
    peers.answer(1, 10, seconds=9.0)
    peers.now += 29.9
    assert peers.out() == [1]
    peers.now += 0.1
    assert peers.out() == []
    peers.answer(0, 10)
    peers.answer(1, 20)
    assert peers.out() == []


def test_one_that_is_no_better_is_out_again_sooner_and_for_longer() -> None:
    peers = Peers()
    peers.answer(0, 20)
    peers.answer(1, 10, seconds=9.0)
    peers.now += 30
    peers.answer(0, 10)
    peers.answer(1, 5, seconds=9.0)
    assert peers.members[1].until(peers.now) == peers.now + 60


def test_long_good_conduct_makes_up_for_earlier_ejections() -> None:
    peers = Peers()
    peers.answer(0, 20)
    peers.answer(1, 10, seconds=9.0)
    peers.now += 30 + 300
    peers.answer(0, 10)
    peers.answer(1, 5, seconds=9.0)
    assert peers.out() == []
    peers.answer(1, 5, seconds=9.0)
    assert peers.members[1].until(peers.now) == peers.now + 30


def test_what_ends_while_it_is_out_says_nothing_of_the_time_after() -> None:
    peers = Peers()
    peers.answer(0, 20)
    peers.answer(1, 30, seconds=9.0)
    peers.now += 30
    peers.answer(0, 10)
    peers.answer(1, 4, seconds=9.0)
    assert peers.out() == []


def test_old_samples_are_no_longer_told() -> None:
    peers = Peers()
    peers.answer(0, 20)
    peers.answer(1, 9, seconds=9.0)
    peers.now += 61
    peers.answer(0, 20)
    peers.answer(1, 1, seconds=9.0)
    assert peers.out() == []
