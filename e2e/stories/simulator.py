"""The simulated provider, as who runs it sees it: what it was asked, and how it is told to behave."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from e2e.stories.kubectl import kubectl

_PROXY = "/api/v1/namespaces/paper/services/simulator:7090/proxy"


@dataclass(frozen=True, slots=True)
class Simulator:
    """The one in the namespace `paper`."""

    url: str = "http://simulator.paper.svc:7090/v1"
    host: str = "simulator.paper.svc"

    def behave(self, **models: str | None) -> None:
        """Let models behave as other names say; None is as their own says."""
        kubectl("create", "--raw", f"{_PROXY}/map", "-f", "-", given=json.dumps(models))

    def forget(self) -> None:
        """Forget what was asked until now."""
        kubectl("create", "--raw", f"{_PROXY}/reset", "-f", "-", given="{}")

    def told(self) -> dict[str, Any]:
        """What was asked since it last forgot."""
        found: dict[str, Any] = json.loads(kubectl("get", "--raw", f"{_PROXY}/stats"))
        return found

    def calls(self, model: str) -> int:
        """How often a model was asked."""
        found: dict[str, Any] = self.told()["models"].get(model, {})
        return int(found.get("count", 0))

    def last_key(self, model: str) -> str | None:
        """The fingerprint of the key with which a model was last asked."""
        keys = [each["key"] for each in self.told()["arrivals"] if each["model"] == model]
        return keys[-1] if keys else None


def fingerprint(key: str) -> str:
    """The name by which the simulator knows a key."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]
