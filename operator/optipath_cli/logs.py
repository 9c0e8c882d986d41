"""The router's log, as lines for people: a message, and in brackets what it is about."""

import json
import logging

from optipath_cli.terminal import Terminal
from optipath_router.telemetry.logs import JsonFormatter, log_as_json

_LEFT_OUT = ("time", "level", "logger", "message", "exception")


class _Lines(logging.Handler):
    """Writes log records to a terminal."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._terminal, self._json = terminal, JsonFormatter()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        told = json.loads(self._json.format(record))
        about = ", ".join(f"{name} {_plain(value)}" for name, value in told.items() if name not in _LEFT_OUT)
        level = f"{told['level']}: " if record.levelno >= logging.WARNING else ""
        self._terminal.line(f"{level}{told['message']}{f' ({about})' if about else ''}", "yellow" if level else "")
        if "exception" in told:
            self._terminal.line(told["exception"])


def log_to(terminal: Terminal, level: str | int) -> None:
    """Send all logs of this process to a terminal, from a level upwards."""
    # It also quiets the libraries, which is to be the same in both programs.
    log_as_json("INFO")
    logging.basicConfig(level=level, handlers=[_Lines(terminal)], force=True)


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)
