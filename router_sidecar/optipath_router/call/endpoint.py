"""An endpoint: a provider as the call path sees it, with its connections and its dialect."""

from dataclasses import dataclass

import httpx

from optipath_router.credentials import Key, Keys
from optipath_router.errors import Outcome, TargetUnavailable
from optipath_router.providers import Dialect
from optipath_snapshot import Provider


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A provider that can be called."""

    provider: Provider
    host: str
    dialect: Dialect
    transport: httpx.AsyncBaseTransport

    def keys(self, keys: Keys) -> tuple[Key | None, ...]:
        """The keys that may be tried, in order; one None where the provider asks for no key.

        Raises TargetUnavailable where it names keys and none of them is there
        and may be sent to its host.
        """
        provider = self.provider
        if not provider.keys:
            return (None,)
        there = [keys[name] for name in provider.keys if name in keys]
        named = ", ".join(map(repr, provider.keys))
        if not there:
            raise TargetUnavailable(Outcome.NO_KEY, f"the credentials Secret has no key {named}")
        bound = tuple(key for key in there if key.may_go_to(self.host, provider.type))
        if not bound:
            raise TargetUnavailable(
                Outcome.HOST_MISMATCH,
                f"the credentials Secret does not say that key {named} may go to {self.host}: "
                f"name the host in '{there[0].name}.hosts'",
            )
        return bound
