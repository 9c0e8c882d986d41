"""Why a target does not come first, in sentences, from a decision alone."""

from collections.abc import Iterator

from optipath_router.decide.decision import Basis, Decision
from optipath_router.decide.scored import Scored


def why_not(decision: Decision, target: str) -> Iterator[str]:
    """Why a target, by its name, is not the first to be asked."""
    names = [each.name for each in decision.ranking]
    out = [left for left in decision.left_out if left.target == target]
    if names[:1] == [target]:
        yield f"{target} does come first"
        for each in decision.nevertheless:
            if each.target == target:
                yield f"although {each.reason}: {each.detail}; nobody else is well"
        return
    if target not in names and not out:
        yield f"{target} is not among the targets of {_where(decision)}"
        return
    for left in out:
        yield f"it is left out, {left.reason}: {left.detail}"
    if target in names:
        place = names.index(target)
        yield f"it comes {_ordinal(place + 1)} of {len(names)}, after {', '.join(names[:place])}"
    scored = {each.target: each for each in decision.scored}
    if not decision.scored:
        yield f"the strategy {decision.strategy} looks at nothing that could be compared"
    elif names and target in scored and names[0] in scored:
        if scored[target].note and not out:
            yield scored[target].note
        yield from _compared(scored[target], scored[names[0]])


def _where(decision: Decision) -> str:
    match decision.basis:
        case Basis.RULE:
            return f"rule '{decision.rule}' of {decision.policy}"
        case Basis.MODEL:
            return f"model '{decision.model}'"
        case Basis.ALIAS:
            return "this namespace"
        case Basis.NOTHING:
            return f"this request: no rule matches, and nobody declares '{decision.model}'"


def _compared(scored: Scored, first: Scored) -> Iterator[str]:
    """Each part beside that of the target that comes first."""
    for part in scored.parts:
        other = first.part(part.name)
        if other is None:
            continue
        mine, theirs = _value(part.value), _value(other.value)
        counts = f", which is worth {(part.points - other.points) * part.weight:+.3f}" if part.weight else ""
        yield f"{part.name} {mine} ({part.source}) beside {theirs} ({other.source}) of {first.target}{counts}"
    yield f"altogether {scored.total:.3f} beside {first.total:.3f}"


def _value(value: float | None) -> str:
    return "not known" if value is None else f"{value:.4g}"


def _ordinal(number: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if 10 <= number % 100 <= 20 else endings.get(number % 10, 'th')}"
