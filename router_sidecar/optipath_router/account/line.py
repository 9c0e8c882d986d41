"""What the decision log says of a request."""

import json
from typing import Any, Final

from optipath_router.account.record import Record

LONGEST_PROMPT: Final = 64 * 1024
"""Bytes of a request whose messages are logged, for those that wait to be written are kept in memory."""


def messages_of(body: bytes) -> bytes:
    """What of a request is kept for its line; empty where that is too long."""
    return body if len(body) <= LONGEST_PROMPT else b""


def log_line(record: Record, body: bytes | None) -> dict[str, Any]:
    """The record of a request, and the messages of its body where that is given; null where it was too long."""
    line = record.as_json()
    if body is None:
        # What a provider says of a failure may quote the prompt.
        for attempt in line["attempts"]:
            del attempt["message"]
        return line
    return line | {"messages": json.loads(body)["messages"] if body else None}
