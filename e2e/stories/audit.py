"""What somebody has written, as the API server's audit log has it."""

import json
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

WRITES = frozenset({"create", "update", "patch", "delete"})


class AuditLog:
    """The writes of one user, but for its Lease."""

    def __init__(self, path: Path, user: str, *, ignoring: AbstractSet[str] = frozenset()) -> None:
        """Take the log, whose writes are wanted, and the namespaces in which they are not."""
        self._path, self._user, self._ignored = path, user, ignoring
        self._read = path.stat().st_size

    def since(self) -> list[dict[str, Any]]:
        """Writes since the last time one asked, as verb, resource, namespace and name."""
        with self._path.open("rb") as file:
            file.seek(self._read)
            data = file.read()
        whole = data.rfind(b"\n") + 1
        self._read += whole
        entries = (json.loads(line) for line in data[:whole].splitlines())
        return [
            {
                "verb": entry["verb"],
                **{name: entry["objectRef"].get(name) for name in ("resource", "namespace", "name", "subresource")},
            }
            for entry in entries
            if entry["user"]["username"] == self._user
            and entry["verb"] in WRITES
            and entry["objectRef"]["resource"] != "leases"
            and entry["objectRef"].get("namespace") not in self._ignored
        ]
