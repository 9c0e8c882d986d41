"""The decision log: a line of JSON for each request, in a file that does not grow beyond its bound.

Lines are made and written in a thread, so that no stream waits for a disk. When
it falls behind, lines are dropped and counted. A disk that fails is said of
once, until it has worked again; a line that cannot be made costs that line, and
is said of once for each type of error.
"""

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import Full, Queue
from threading import Thread
from types import MappingProxyType
from typing import Any, Final

log = logging.getLogger(__name__)

Line = Callable[[], dict[str, Any]]
"""What stands in a line, worked out when it is written."""

_WAITING: Final = 1000
"""Lines that wait to be written; more are dropped."""


class DecisionLog:
    """Writes lines to a file. One that is full becomes `NAME.1`, in place of the one before it."""

    def __init__(
        self, path: Path, max_bytes: int, dropped: Callable[[], None], origin: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Take who is told of each line that is dropped, and what stands in every line: from where it comes."""
        self._path, self._max_bytes, self._dropped, self._origin = path, max_bytes, dropped, dict(origin)
        self._queue: Queue[Line | None] = Queue(_WAITING)
        self._failing = False
        self._told: set[type[Exception]] = set()
        """Errors in the making of a line that have been logged."""
        self._thread = Thread(target=self._write_all, name="decision-log", daemon=True)
        self._thread.start()

    def add(self, line: Line) -> None:
        """Write a line by and by."""
        try:
            self._queue.put_nowait(line)
        except Full:
            self._dropped()

    def close(self, within_seconds: float = 2.0) -> None:
        """Write what waits, and end; a disk that hangs is not waited for any longer."""
        try:
            self._queue.put(None, timeout=within_seconds / 2)
        except Full:
            log.warning("the decision log is left with lines that are not written", extra={"path": str(self._path)})
            return
        self._thread.join(within_seconds / 2)

    def _write_all(self) -> None:
        while (line := self._queue.get()) is not None:
            if (data := self._made(line)) is not None:
                self._write_or_drop(data)

    def _made(self, line: Line) -> bytes | None:
        """A line as bytes; None where it is dropped, for a line must never end the log."""
        try:
            text = json.dumps(self._origin | line(), ensure_ascii=False, separators=(",", ":"))
        except Exception as error:  # noqa: BLE001  whatever it is, the next line may be better
            self._dropped()
            if type(error) not in self._told:
                self._told.add(type(error))
                # Its message may quote the prompt.
                log.error(  # noqa: TRY400  so may its traceback
                    "a line of the decision log cannot be made", extra={"error": type(error).__name__}
                )
            return None
        # Half of a surrogate pair is no character, and has no bytes; Python's way to escape it is JSON's, too.
        return text.encode(errors="backslashreplace") + b"\n"

    def _write_or_drop(self, data: bytes) -> None:
        try:
            self._write(data)
            self._failing = False
        except OSError as error:
            self._dropped()
            if not self._failing:
                log.exception(
                    "the decision log cannot be written", extra={"path": str(self._path), "error": str(error)}
                )
            self._failing = True

    def _write(self, data: bytes) -> None:
        # Opened anew for each line: whoever takes the file away, such as logrotate, finds the next lines in a new one.
        with self._path.open("ab") as file:
            if not file.tell() or file.tell() + len(data) <= self._max_bytes:
                file.write(data)
                return
        self._path.replace(self._path.with_name(f"{self._path.name}.1"))
        self._path.write_bytes(data)
