"""What the decision log says of a request."""

import json
from collections.abc import Mapping
from typing import Any, Final

from optipath_router.account.record import Record
from optipath_router.chat.conversation import Wire

LONGEST_PROMPT: Final = 64 * 1024
"""Bytes of a request whose prompt is logged, for those that wait to be written are kept in memory."""

_PROMPTS: Final[Mapping[Wire, tuple[str, ...]]] = {
    Wire.CHAT: ("messages",),
    Wire.RESPONSES: ("input", "instructions"),
    Wire.MESSAGES: ("messages", "system"),
    Wire.COUNT_TOKENS: ("messages", "system"),
    Wire.COMPLETIONS: ("prompt", "suffix"),
    Wire.EMBEDDINGS: ("input",),
    Wire.MODERATIONS: ("input",),
}
"""Members of a caller's body that hold the prompt: the first is in each line, and the others where they were sent."""


def prompt_of(body: bytes) -> bytes:
    """What of a request is kept for its line; empty where that is too long."""
    return body if len(body) <= LONGEST_PROMPT else b""


def log_line(record: Record, body: bytes | None) -> dict[str, Any]:
    """The record of a request, and the prompt in its body where that is given; null where it was too long."""
    line = record.as_json()
    if body is None:
        # What a provider says of a failure may quote the prompt.
        for attempt in line["attempts"]:
            del attempt["message"]
        return line
    said = _read(body)
    first, *others = _PROMPTS[record.decision.features.wire]
    return line | {first: said.get(first)} | {name: said[name] for name in others if name in said}


def _read(body: bytes) -> Mapping[str, Any]:
    """The members of a body; none where it was too long, or is of a kind that a provider may read and we do not."""
    try:
        said = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        # Nobody here reads all of a body that passes: it may nest too deep, or hold a number of too many digits.
        return {}
    return said if isinstance(said, dict) else {}
