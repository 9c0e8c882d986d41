"""Deltas put together as an answer, once they are seen to keep the order that chat/answer.py promises."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from optipath_router.chat.answer import Answer, ChoiceEnded, Delta, HostedTold, PartBegun, PartGrown
from optipath_router.chat.folding import fold


def folded(deltas: Iterable[Delta]) -> Answer:
    """The whole answer. Deltas out of order fail the test."""
    return fold(ordered(deltas))


def with_hosted(deltas: Iterable[Delta]) -> Iterator[Delta]:
    """The same with whole blocks of hosted tools, which Anthropic tells by the way, as parts of the answer."""
    number, moved = 0, dict[int, int]()
    for delta in deltas:
        match delta:
            case HostedTold(hosted=hosted):
                yield PartBegun(0, number, hosted)
                number += 1
            case PartBegun(part=part):
                moved[part], number = number, number + 1
                yield replace(delta, part=moved[part])
            case PartGrown(part=part):
                yield replace(delta, part=moved[part])
            case _:
                yield delta


def ordered(deltas: Iterable[Delta]) -> Iterator[Delta]:
    """The same deltas."""
    begun: dict[int, int] = {}
    ended: set[int] = set()
    for delta in deltas:
        match delta:
            case PartBegun(choice=choice, part=part):
                assert part == begun.get(choice, 0), "parts are numbered as they begin"
                begun[choice] = part + 1
            case PartGrown(choice=choice, part=part):
                assert 0 <= part < begun.get(choice, 0), "a part begins before it grows"
            case ChoiceEnded(choice=choice):
                assert choice not in ended, "a choice ends once"
                ended.add(choice)
            case _:
                pass
        if isinstance(delta, PartBegun | PartGrown):
            assert delta.choice not in ended, "nothing is said after the end"
        yield delta
