"""The limits in force. Their counts outlive reloads: a request under way counts whatever the bound is by now."""

import time
from collections.abc import Callable, Iterable, Iterator

from optipath_router.call.limits.limit import Later, Limit, later
from optipath_snapshot import Concurrency, PolicyRef


class Limits:
    """Every limit of this router, and which of them bind a request."""

    def __init__(self, now: Callable[[], float] = time.monotonic, later: Later = later) -> None:
        """Take the monotonic clock, and how something is done later."""
        self._now, self._later = now, later
        self._limits: dict[tuple[str, bool], Limit] = {}
        """By the policy's full name, and whether it counts all requests of the router."""
        self._whole: tuple[Limit, ...] = ()
        self._binding: dict[str, tuple[Limit, ...]] = {}

    def take(self, concurrency: Iterable[Concurrency]) -> None:
        """Keep to these from now on; of two of the same policy that count the same, to the stricter one."""
        wanted = {(each.policy.full_name, each.whole): each for each in sorted(concurrency, key=_loosest_first)}
        for key, limit in self._limits.items():
            limit.take(wanted.get(key))
        for key, each in wanted.items():
            if key not in self._limits:
                self._limits[key] = Limit(each, self._now, self._later)
        # One that is gone is remembered while requests count in it: it may come back before they end.
        self._limits = {key: limit for key, limit in sorted(self._limits.items()) if limit.in_force or limit.under_way}
        self._whole = tuple(self._limits[key] for key in sorted(wanted) if key[1])
        own = {policy: self._limits[policy, whole] for policy, whole in wanted if not whole}
        self._binding = {policy: (limit, *self._whole) for policy, limit in own.items()}

    def binding(self, policy: PolicyRef | None) -> tuple[Limit, ...]:
        """Those that bind a request which a rule of this policy routes; or none does, where there is no policy.

        The narrowest comes first: whoever waits for a place in a wider one must not keep others from it.
        """
        if policy is None or not self._binding:
            return self._whole
        return self._binding.get(policy.full_name, self._whole)

    def __iter__(self) -> Iterator[Limit]:
        """Those in force."""
        return (limit for limit in self._limits.values() if limit.in_force)


def _loosest_first(concurrency: Concurrency) -> int:
    return -concurrency.max_concurrent
