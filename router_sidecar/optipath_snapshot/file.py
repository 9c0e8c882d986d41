"""The file between the two programs: canonical bytes, their digest, and what is refused.

    {"digest": "sha256:…", "format": 1, "generation": 7, "snapshot": {…}}

The same snapshot and generation make the same bytes. The digest names the
content alone, so that going back to an earlier configuration gives its digest
again; the generation counts the changes and tells newer from older.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypeGuard

from pydantic import ValidationError

from optipath_snapshot.part import Part
from optipath_snapshot.snapshot import Snapshot

FORMAT = 1
"""Grows when an older router would misread a file. New fields do not make it grow: they are passed over."""

MAX_BYTES = 900 * 1024
"""An object in Kubernetes holds 1 MiB, and the ConfigMap carries more than the snapshot."""


class Refusal(StrEnum):
    """Why a file was refused; the label of a metric, so a closed list."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    MALFORMED = "malformed"
    UNKNOWN_FORMAT = "unknown_format"
    DIGEST = "digest"
    INVALID = "invalid"


class SnapshotRefused(Exception):
    """A file that is no snapshot for this program. Its message never quotes the file's content."""

    def __init__(self, reason: Refusal, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """A snapshot as it stands in a file."""

    snapshot: Snapshot
    generation: int
    digest: str


def digest(snapshot: Snapshot) -> str:
    """The name of a snapshot's content, `sha256:` and 64 hexadecimal digits."""
    return _digest(_canonical(_plain(snapshot)))


def encode(snapshot: Snapshot, generation: int) -> bytes:
    """The canonical bytes of a snapshot: keys sorted, no spaces, UTF-8, a line feed at the end."""
    plain = _plain(snapshot)
    named = _digest(_canonical(plain))
    return _canonical({"digest": named, "format": FORMAT, "generation": generation, "snapshot": plain}) + b"\n"


def decode(data: bytes) -> SnapshotFile:
    """The snapshot in a file's bytes.

    Raises SnapshotRefused for what is cut, foreign, altered, of a format this
    program does not know, or not consistent in itself.
    """
    whole = _parse(data)
    if not _is_count(whole.get("format")) or whole["format"] != FORMAT:
        raise SnapshotRefused(Refusal.UNKNOWN_FORMAT, f"its format is not {FORMAT}, the one that this release reads")
    plain, generation, named = whole.get("snapshot"), whole.get("generation"), whole.get("digest")
    if not isinstance(plain, dict) or not _is_count(generation) or not isinstance(named, str):
        raise SnapshotRefused(Refusal.MALFORMED, "a snapshot file has 'snapshot', 'generation' and 'digest'")
    # What the file holds is digested, not what was understood of it: fields that we pass over count, too.
    content = _content(plain)
    if (actual := _digest(content)) != named:
        raise SnapshotRefused(Refusal.DIGEST, f"the content's digest is {actual}, not the one that the file names")
    try:
        # From text, not from the parsed values: only JSON's own rules turn lists into tuples and strings into money.
        snapshot = Snapshot.model_validate_json(content)
    except ValidationError as error:
        raise SnapshotRefused(Refusal.INVALID, _told(error)) from None
    return SnapshotFile(snapshot, generation, actual)


def _parse(data: bytes) -> dict[str, Any]:
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError) as error:
        where = f", from character {error.pos} on" if isinstance(error, json.JSONDecodeError) else ""
        raise SnapshotRefused(Refusal.MALFORMED, f"{len(data)} bytes are not JSON{where}") from None
    if not isinstance(whole, dict):
        raise SnapshotRefused(Refusal.MALFORMED, f"a snapshot file holds an object, not a {type(whole).__name__}")
    return whole


def _is_count(value: object) -> TypeGuard[int]:
    """Whether a value is a whole number from 0; True is none, whatever Python says."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _content(plain: dict[str, Any]) -> bytes:
    try:
        return _canonical(plain)
    except (ValueError, RecursionError):
        # Python's parser admits more than JSON has: NaN, numbers beyond all bounds, half of a surrogate pair.
        raise SnapshotRefused(Refusal.MALFORMED, "the content has values that JSON cannot hold") from None


def _plain(snapshot: Snapshot) -> dict[str, Any]:
    return snapshot.model_dump(mode="json", exclude_none=True)


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _digest(content: bytes) -> str:
    return "sha256:" + sha256(content).hexdigest()


def _told(error: ValidationError) -> str:
    """Where a snapshot is wrong and how, without the values that are: they may be a tenant's."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    # Keys of a map are values, too, and a union's tag is quoted in what is said of it.
    where = ".".join(str(step) for step in first["loc"] if isinstance(step, int) or step in _FIELDS) or "snapshot"
    how = "is of a kind that this release does not know" if first["type"] == "union_tag_invalid" else first["msg"]
    more = error.error_count() - 1
    return f"{where}: {how}" + (f" (and {more} more)" if more else "")


_FIELDS = frozenset(field for part in Part.__subclasses__() for field in part.model_fields)
