"""Citations: what Gemini's grounding says of where a text has its facts from.

It counts places in bytes of UTF-8, from the begin of all that was said, and
repeats the words that stand there; we count characters in the part.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from optipath_router.chat.conversation import Citation

_MOST: Final = 256
"""Citations of one answer; each of them is looked for in all of the text."""


def citations(metadata: Any, said: Sequence[tuple[int, str]]) -> Iterator[tuple[int, Citation]]:
    """Citations with the number of the part that they belong to; `said` are text parts by their number."""
    return islice(_cited(metadata, said), _MOST)


def _cited(metadata: Any, said: Sequence[tuple[int, str]]) -> Iterator[tuple[int, Citation]]:
    chunks = _objects(metadata, "groundingChunks")
    if not chunks or not said:
        return
    supports = _objects(metadata, "groundingSupports")
    if not supports:
        yield from ((said[-1][0], _citation(chunk)) for chunk in chunks)
    whole = "".join(text for _, text in said)
    for support in supports[:_MOST]:
        place = _place(support.get("segment"), whole, said)
        indices = support.get("groundingChunkIndices")
        for index in indices if isinstance(indices, list) else ():
            if isinstance(index, int) and 0 <= index < len(chunks):
                part, start, end = place
                yield part, _citation(chunks[index], start, end)


def _citation(chunk: dict[str, Any], start: int | None = None, end: int | None = None) -> Citation:
    source = next((value for value in chunk.values() if isinstance(value, dict)), {})
    quoted = source.get("text")
    return Citation(
        url=_text(source.get("uri")),
        title=_text(source.get("title")),
        quoted=_text(quoted),
        start=start,
        end=end,
    )


def _place(segment: Any, whole: str, said: Sequence[tuple[int, str]]) -> tuple[int, int | None, int | None]:
    """The part in which a segment is, with its begin and end there; only the last part, where it is not found."""
    words = segment.get("text") if isinstance(segment, dict) else None
    if not isinstance(words, str) or not words:
        return said[-1][0], None, None
    told = segment.get("startIndex")
    begin = _characters(whole, told) if isinstance(told, int) and told > 0 else 0
    if not whole.startswith(words, begin):
        begin = whole.find(words)
    at = 0
    for part, text in said:
        if at <= begin < at + len(text):
            return part, begin - at, min(begin - at + len(words), len(text))
        at += len(text)
    return said[-1][0], None, None


def _characters(text: str, count: int) -> int:
    """How many characters so many bytes are."""
    return count if text.isascii() else len(text.encode()[:count].decode(errors="ignore"))


def _objects(value: Any, name: str) -> list[dict[str, Any]]:
    members = value.get(name) if isinstance(value, dict) else None
    # An element that is none keeps its place: others are found by their number.
    return [each if isinstance(each, dict) else {} for each in members] if isinstance(members, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
