"""The audit log: what the operator wrote, in the API server's own words."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from e2e.bench_control_plane.plane import OPERATOR


@dataclass(frozen=True, slots=True)
class Write:
    """One write, or try at one."""

    what: str
    """Resource and subresource, such as `routingpolicies/status`."""
    namespace: str
    name: str
    code: int
    at: float
    """When it was answered, in seconds of the clock."""


class Audit:
    """The log, read on from where it was last read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def more(self) -> list[Write]:
        """The operator's writes since the last time."""
        with self._path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        whole = data.rfind(b"\n") + 1
        self._offset += whole
        return list(_writes(data[:whole]))


def _writes(data: bytes) -> Iterator[Write]:
    for line in data.splitlines():
        event = json.loads(line)
        if event["user"]["username"] != OPERATOR or "objectRef" not in event:
            continue
        on = event["objectRef"]
        what = on["resource"] + (f"/{on['subresource']}" if "subresource" in on else "")
        at = datetime.fromisoformat(event["stageTimestamp"]).timestamp()
        yield Write(what, on.get("namespace", ""), on.get("name", ""), event["responseStatus"]["code"], at)
