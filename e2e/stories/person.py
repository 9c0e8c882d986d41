"""Somebody at the API server, with the rights that a story gives them, and what they are refused."""

import json
import re
from dataclasses import dataclass
from typing import Any

from e2e.stories.kubectl import CommandFailed, apply, kubectl

Rule = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Person:
    """Who is impersonated."""

    user: str

    def may(self, *words: str, given: str | None = None) -> str:
        """What kubectl prints for them."""
        return kubectl(f"--as={self.user}", *words, given=given)

    def may_not(self, *words: str, given: str | None = None) -> str:
        """Why they are refused, on one line; fails where they are not."""
        try:
            done = self.may(*words, given=given)
        except CommandFailed as error:
            told = re.sub(r"\s+", " ", str(error))
        else:
            raise AssertionError(f"{self.user} may {' '.join(words)}: {done}")
        assert "orbidden" in told or "denied" in told, told
        return told

    def bound(self, role: str, namespace: str) -> None:
        """Give them a ClusterRole in a namespace."""
        apply(self._binding("RoleBinding", role), namespace=namespace)

    def bound_everywhere(self, role: str) -> None:
        """Give them a ClusterRole in all of them, and for what is in none."""
        apply(self._binding("ClusterRoleBinding", role))

    def granted(self, name: str, *rules: Rule) -> None:
        """Give them rights of a story's own making, everywhere."""
        role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name}}
        apply(role | {"rules": list(rules)})
        self.bound_everywhere(name)

    def _binding(self, kind: str, role: str) -> dict[str, Any]:
        group = "rbac.authorization.k8s.io"
        name = re.sub(r"[^a-z0-9]+", "-", f"{self.user}-{role}")
        return {
            "apiVersion": f"{group}/v1",
            "kind": kind,
            "metadata": {"name": name},
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": role},
            "subjects": [{"kind": "User", "apiGroup": group, "name": self.user}],
        }


def patch(*path: str, value: Any) -> str:
    """A merge patch that sets one field."""
    for name in reversed(path):
        value = {name: value}
    return json.dumps(value)
