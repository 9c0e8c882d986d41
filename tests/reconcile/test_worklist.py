"""The worklist: each once, edits first, a rest after work, a pause after a failure."""

import asyncio

import pytest

from optipath_operator.reconcile.worklist import Lane, Worklist
from support.timers import Timers


@pytest.fixture
def worklist(timers: Timers) -> Worklist:
    return Worklist(timers, timers.later)


async def taken(worklist: Worklist) -> str | None:
    """The next one, or None where nothing waits."""
    if any(worklist.depth(lane) for lane in Lane):
        return (await worklist.take())[0]
    return None


# A name: an edit; ~name: it follows from one; (name): a sweep; +: take one; a number: seconds pass.
# %name: it is published; /name: it is done; !name: it has failed.
TIMELINES = {
    "each waits once": ("a a b a + + +", "a b -"),
    "edits overtake the backlog": ("(a) (b) c + + +", "c a b"),
    "an edit lifts what is swept": ("(a) (b) b + + +", "b a -"),
    "what is swept does not push back an edit": ("a (a) + +", "a -"),
    "touched while it is worked on, it comes once more": ("a + a a /a + 0.1 + +", "a - a -"),
    "it is not worked on twice at once": ("a + a + ", "a -"),
    "touched right after, it rests first": ("a + /a a + 0.1 +", "a - a"),
    "touched later, it need not": ("a + /a 0.2 a +", "a a"),
    "it rests longer while it is touched again and again": (
        "a + /a a 0.1 + /a a 0.1 + 0.2 + /a a 0.5 + 0.4 +",
        "a a - a - a",
    ),
    "a failure pauses": ("a + !a + 0.2 + 0.3 +", "a - - a"),
    "a second one longer": ("a + !a 0.5 + !a 0.49 + 0.51 +", "a a - a"),
    "a success forgets the failures": ("a + !a 0.5 + /a 0.1 a + !a 0.5 +", "a a a a"),
    "an edit ends a pause": ("a + !a (a) + a +", "a - a"),
    "an edit during the failed try does, too": ("a + a !a 0.1 +", "a a"),
    "its status comes after all others": ("a b (c) + %a + + 0.1 +", "a b c a"),
    "an edit overtakes what is yet to be said": ("a + %a 0.1 b a + +", "a b a"),
    "an edit lifts one that is yet to be said, and nothing puts it back": ("a + %a a 0.1 b + +", "a a b"),
    "a status that is refused comes back later and later": (
        "a + %a 0.1 + !a 0.5 + %a 0.1 + !a 0.49 + 0.51 +",
        "a a a a - a",
    ),
    "what follows comes between edits and the backlog": ("(a) ~b (c) d ~e + + + + +", "d b e a c"),
    "an edit is never kept waiting by what follows": ("~a ~b ~c + d + + +", "a d b c"),
    "what follows has a turn in four once it has waited for long": ("~a 11 b c d e + + + + +", "b c d a e"),
    "so has the backlog, the longest wait first": ("(a) 1 ~b 11 c d e f g h i + + + + + + + + +", "c d e a f g h b i"),
    "what was swept is lifted by what it follows from": ("(a) (b) ~b + +", "b a"),
    "what it follows from ends a pause": ("a + !a 0.1 ~a +", "a a"),
    "so it does during the failed try": ("a + ~a !a 0.1 +", "a a"),
    "being swept during the failed try does not": ("a + (a) !a 0.1 + 0.4 +", "a - a"),
}


@pytest.mark.parametrize(("timeline", "expected"), TIMELINES.values(), ids=TIMELINES)
async def test_worklist(timeline: str, expected: str, worklist: Worklist, timers: Timers) -> None:
    got = []
    for step in timeline.split():
        match step[0], step[1:]:
            case "+", _:
                got.append(await taken(worklist) or "-")
            case "/", name:
                worklist.done(name)
            case "%", name:
                worklist.published(name)
            case "!", name:
                worklist.failed(name)
            case "~", name:
                worklist.touch(name, Lane.FOLLOW)
            case "(", name:
                worklist.touch(name.rstrip(")"), Lane.SWEEP)
            case digit, _ if digit.isdigit():
                await timers.advance(float(step))
            case _:
                worklist.touch(step, Lane.EDIT)
    assert " ".join(got) == expected


async def test_pauses_grow_to_five_minutes_and_differ(worklist: Worklist, timers: Timers) -> None:
    worklist.touch("a", Lane.EDIT)
    pauses = []
    for _ in range(14):
        assert await taken(worklist) == "a"
        pauses.append(worklist.failed("a"))
        await timers.advance(300)
    for failures, pause in enumerate(pauses):
        longest = min(300, 0.5 * 2**failures)
        assert longest / 2 <= pause <= longest
    assert len({round(pause / longest, 3) for pause, longest in zip(pauses[-4:], [300] * 4, strict=True)}) > 1


async def test_it_is_idle_when_nothing_is_left_to_do_but_what_has_failed(worklist: Worklist, timers: Timers) -> None:
    idle = [worklist.idle()]
    worklist.touch("a", Lane.SWEEP)
    worklist.touch("b", Lane.SWEEP)
    for step in (taken, taken):
        idle.append(worklist.idle())
        await step(worklist)
    worklist.failed("b")
    idle.append(worklist.idle())
    worklist.published("a")
    idle.append(worklist.idle())
    await timers.advance(0.1)
    await taken(worklist)
    worklist.done("a")
    assert idle == [True, False, False, False, False]
    assert worklist.idle()


async def test_what_is_put_back_is_the_first_to_be_taken_again(worklist: Worklist) -> None:
    worklist.touch("a", Lane.SWEEP)
    worklist.touch("b", Lane.SWEEP)
    assert await taken(worklist) == "a"
    worklist.touch("a", Lane.EDIT)
    worklist.put_back("a")
    assert [await taken(worklist), await taken(worklist)] == ["a", "b"]
    assert await taken(worklist) is None


async def test_one_that_waits_is_woken(worklist: Worklist) -> None:
    waiting = asyncio.create_task(worklist.take())
    await asyncio.sleep(0)
    worklist.touch("a", Lane.SWEEP)
    assert await waiting == ("a", Lane.SWEEP)


async def test_age_is_that_of_the_one_that_waits_longest_also_if_it_was_lifted(
    worklist: Worklist, timers: Timers
) -> None:
    assert worklist.age() == 0
    worklist.touch("old", Lane.SWEEP)
    await timers.advance(7)
    worklist.touch("new", Lane.EDIT)
    worklist.touch("old", Lane.EDIT)
    assert worklist.age() == 7


async def test_what_is_cleared_does_not_come_back(worklist: Worklist, timers: Timers) -> None:
    for name in ("waits", "works", "pauses"):
        worklist.touch(name, Lane.EDIT)
    await worklist.take()
    await worklist.take()
    worklist.touch("works", Lane.EDIT)
    await worklist.take()
    worklist.failed("pauses")
    worklist.clear()
    await timers.advance(400)
    assert await taken(worklist) is None
    worklist.done("works")
    worklist.done("waits")
    await timers.advance(1)
    assert await taken(worklist) == "works", "it was touched while it was worked on"


@pytest.mark.case("O15")
async def test_a_hundred_edits_in_a_second_are_a_few_rounds_and_the_last_edit_is_in_the_last(
    worklist: Worklist, timers: Timers
) -> None:
    rounds, edits = [], 0
    for _ in range(300):
        if edits < 100:
            edits += 1
            worklist.touch("a", Lane.EDIT)
        if await taken(worklist):
            rounds.append(edits)
            worklist.done("a")
        await timers.advance(0.01)
    assert len(rounds) <= 5
    assert rounds[0] == 1
    assert rounds[-1] == 100
