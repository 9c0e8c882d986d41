"""How long and how often a rule tries: what the nearest says of each field, held within what clamps allow.

    the rule ─ its policy ─ defaults from above ─ what is usual        the first that says something of a field
    └─ clamps

What is said nearer and does not go with what is said farther away is what is
meant: the farther word gives way. A clamp gives way to nobody.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from optipath_operator.compile.clamps import Bound, Clamps
from optipath_operator.resources import HedgeSpec, ResilienceSpec
from optipath_operator.resources.scalars import percentile, seconds
from optipath_snapshot import HedgeAfter, HedgeDelay, HedgeQuantile, PolicyRef, Resilience

_USUAL = Resilience()
_ATTEMPTS, _REQUEST, _HEDGE = "attempts", "requestTimeout", "hedge"
_LEAST, _MOST = "backoff.base", "backoff.max"


@dataclass(frozen=True, slots=True)
class Layer:
    """What somebody says of patience."""

    spec: ResilienceSpec
    policy: PolicyRef
    place: str | None = None
    """Where it stands in the resource that is compiled; None where it stands in another."""


@dataclass(frozen=True, slots=True)
class Patience:
    """What came of it."""

    resilience: Resilience
    origins: dict[str, PolicyRef]
    """By field in the words of a resource: who says so, where somebody does."""
    noted: dict[str, str]
    """By place: what holds otherwise than written there."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What holds of one field."""

    value: Any
    distance: int
    """How far away it is said; what is nearer holds."""
    by: PolicyRef | None = None
    place: str | None = None


_USUALLY: Final = {
    name: _Said(value, distance=sys.maxsize)
    for name, value in {
        _ATTEMPTS: _USUAL.attempts,
        _REQUEST: _USUAL.request_timeout_seconds,
        "connectTimeout": _USUAL.connect_timeout_seconds,
        "firstTokenTimeout": _USUAL.first_token_timeout_seconds,
        "idleTimeout": _USUAL.idle_timeout_seconds,
        _LEAST: _USUAL.backoff_base_seconds,
        _MOST: _USUAL.backoff_max_seconds,
        _HEDGE: None,
    }.items()
}
"""What holds where nobody says anything: farther away than whatever is said."""


@dataclass(slots=True)
class _Settling:
    """The fields while they are settled among each other."""

    said: dict[str, _Said]
    noted: dict[str, str] = field(default_factory=dict)

    def note(self, said: _Said, message: str) -> None:
        """Say of what is written in the resource itself that something else holds."""
        if said.place is not None:
            self.noted[said.place] = message


def patience(layers: Sequence[Layer], clamps: Clamps) -> Patience:
    """How long and how often to try, by layers from the nearest to the farthest."""
    fields = _Settling(dict(_USUALLY))
    for distance, layer in reversed(list(enumerate(layers))):
        for name, value in _words(layer.spec):
            place = layer.place and f"{layer.place}.{name}"
            fields.said[name] = _Said(value, distance, layer.policy, place)
    _settle(fields)
    _clamp(fields, clamps)
    said = fields.said
    return Patience(
        Resilience(
            attempts=said[_ATTEMPTS].value,
            request_timeout_seconds=said[_REQUEST].value,
            connect_timeout_seconds=said["connectTimeout"].value,
            first_token_timeout_seconds=said["firstTokenTimeout"].value,
            idle_timeout_seconds=said["idleTimeout"].value,
            backoff_base_seconds=said[_LEAST].value,
            backoff_max_seconds=said[_MOST].value,
            hedge=said[_HEDGE].value,
        ),
        {name: each.by for name, each in said.items() if each.by is not None},
        fields.noted,
    )


def _words(spec: ResilienceSpec) -> Iterator[tuple[str, Any]]:
    """The fields of which something is said."""
    if spec.attempts is not None:
        yield _ATTEMPTS, spec.attempts
    if spec.hedge is not None:
        yield _HEDGE, _hedge(spec.hedge)
    times = {
        _REQUEST: spec.request_timeout,
        "connectTimeout": spec.connect_timeout,
        "firstTokenTimeout": spec.first_token_timeout,
        "idleTimeout": spec.idle_timeout,
        _LEAST: spec.backoff.base,
        _MOST: spec.backoff.max,
    }
    for name, duration in times.items():
        if duration is not None:
            yield name, seconds(duration)


def _settle(fields: _Settling) -> None:
    """Have what is said farther away give way to what is nearer and does not go with it."""
    said = fields.said
    request = said[_REQUEST]
    nearer = [said[name] for name in ("firstTokenTimeout", "idleTimeout") if said[name].distance < request.distance]
    longest = max(nearer, key=lambda each: each.value, default=request)
    if longest.value > request.value:
        _give_way(fields, _REQUEST, longest, "longer")
    least, most = said[_LEAST], said[_MOST]
    if least.value > most.value:
        if least.distance < most.distance:
            _give_way(fields, _MOST, least, "longer")
        else:
            _give_way(fields, _LEAST, most, "shorter")
    hedge, attempts = said[_HEDGE], said[_ATTEMPTS]
    if hedge.value is not None and attempts.value == 1:
        if hedge.distance < attempts.distance:
            fields.note(hedge, f"needs 2 attempts, so attempts is not the 1 that {_whose(attempts)} gives, but 2")
            said[_ATTEMPTS] = replace(hedge, value=2)
        else:
            said[_HEDGE] = replace(attempts, value=None)


def _give_way(fields: _Settling, name: str, to: _Said, how: str) -> None:
    """Set a length of time to that of another field, and say so there."""
    usual, word = fields.said[name], name.removeprefix("backoff.")
    whose = f"the default {word} of {usual.value:g}s"
    if usual.by is not None:
        whose = f"the {word} of {usual.value:g}s that policy '{usual.by.full_name}' gives"
    fields.note(to, f"is {how} than {whose}, so {word} is {to.value:g}s, too")
    fields.said[name] = to


def _clamp(fields: _Settling, clamps: Clamps) -> None:
    """Hold all within what clamps allow."""
    said = fields.said
    bounds = {
        _ATTEMPTS: clamps.attempts,
        _REQUEST: clamps.request_timeout,
        "firstTokenTimeout": clamps.first_token_timeout,
        "idleTimeout": clamps.idle_timeout,
    }
    for name, bound in bounds.items():
        if bound is not None and said[name].value > bound.most:
            fields.note(said[name], _too_much(name, said[name], bound))
            said[name] = _Said(type(said[name].value)(bound.most), 0, bound.policy)
    hedge = said[_HEDGE]
    if hedge.value is None:
        return
    if clamps.no_hedge is not None:
        fields.note(hedge, f"is not done, for policy '{clamps.no_hedge.full_name}' says hedge: Never")
        said[_HEDGE] = _Said(None, 0, clamps.no_hedge)
    elif said[_ATTEMPTS].value == 1:
        fields.note(hedge, f"is not done, for it needs 2 attempts, and {_whose(said[_ATTEMPTS])} allows 1")
        said[_HEDGE] = _Said(None, 0, said[_ATTEMPTS].by)


def _whose(said: _Said) -> str:
    return f"policy '{said.by.full_name}'" if said.by else "the default"


def _too_much(name: str, said: _Said, bound: Bound) -> str:
    unit = "" if name == _ATTEMPTS else "s"
    # What stands there may have moved another field.
    makes = "is" if said.place is None or said.place.endswith(f".{name}") else f"makes {name}"
    return (
        f"{makes} {said.value:g}{unit}, and policy '{bound.policy.full_name}' allows {bound.most:g}{unit}, which holds"
    )


def _hedge(spec: HedgeSpec) -> HedgeAfter:
    if (rank := percentile(spec.after)) is not None:
        return HedgeQuantile(quantile=rank / 100)
    return HedgeDelay(seconds=seconds(spec.after))
