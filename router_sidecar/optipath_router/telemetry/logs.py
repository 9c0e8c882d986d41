"""Logs: one JSON object a line, on standard error. Never a prompt, a key, or what a provider said."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Final

# What every LogRecord has; the rest came with `extra`.
_KNOWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message", "taskName"}


class JsonFormatter(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line for a record; what was handed in by `extra` stands beside its message."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _KNOWN},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def log_as_json(level: str) -> None:
    """Send all logs of this process to standard error, as JSON, from a level upwards."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Libraries tell at DEBUG what they receive, and uvicorn at INFO that it is there; neither belongs in our log.
    for library in ("httpcore", "httpx", "uvicorn", "asyncio"):
        logging.getLogger(library).setLevel(logging.WARNING)
