"""A clause: one condition of a match, and what is found when it is asked.

There are three answers, for a feature may not be known: then neither a clause
on it holds, nor its contrary. (Kleene's strong logic of 1938: what is not
known stays so unless the rest decides.)
"""

from collections.abc import Callable, Iterable
from functools import partial

import msgspec

from optipath_router.chat.features import Features


class Verdict(msgspec.Struct, frozen=True):
    """What a clause says of a request. Made once for each clause where that is possible, so that records share it."""

    holds: bool | None
    """None where it is not known."""
    why: str = ""
    """Why it does not hold."""


HOLDS = Verdict(holds=True)


class Clause(msgspec.Struct, frozen=True):
    """One condition, ready to be asked."""

    holds: Callable[[Features], bool | Verdict | None]
    """True, or what is told otherwise: a verdict of its own, or one of those below."""
    held: str
    """What is the case where it holds."""
    fails: Verdict
    unclear: Verdict
    wants: frozenset[str] = frozenset()
    """Names of the features that it looks at, among those that are not always there."""


def clause(
    holds: Callable[[Features], bool | Verdict | None],
    *,
    held: str,
    failed: str = "",
    unknown: str = "",
    wants: Iterable[str] = (),
) -> Clause:
    """A clause from a question about a request, and the words for its answers."""
    return Clause(holds, held, Verdict(holds=False, why=failed), Verdict(holds=None, why=unknown), frozenset(wants))


def prepared(clauses: tuple[Clause, ...]) -> Callable[[Features], Verdict]:
    """What `together` says of these clauses; with less ado where it is only one, as in most matches."""
    if len(clauses) != 1:
        return partial(together, clauses)
    holds, fails, unclear = clauses[0].holds, clauses[0].fails, clauses[0].unclear

    def one(features: Features) -> Verdict:
        found = holds(features)
        if found is True:
            return HOLDS
        if found is False:
            return fails
        return unclear if found is None else found

    return one


def together(clauses: Iterable[Clause], features: Features) -> Verdict:
    """Whether all clauses hold; the first that does not is told, before any of which that is not known."""
    unclear = None
    for each in clauses:
        found = each.holds(features)
        if found is True:
            continue
        if found is False:
            return each.fails
        verdict = each.unclear if found is None else found
        if verdict.holds is False:
            return verdict
        unclear = unclear or verdict
    return unclear or HOLDS
