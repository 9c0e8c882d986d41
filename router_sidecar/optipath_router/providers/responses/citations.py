"""Annotations of a text, and the citations that they are."""

from typing import Any, Final

import msgspec

from optipath_router.chat.conversation import Citation, Extra, Wire

_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode
_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_URL: Final = "url_citation"


def read_citation(raw: bytes | msgspec.Raw) -> Citation | None:
    """The citation that an annotation is; None where it is none."""
    try:
        told, members = _decode(raw), _members(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    if told.get("type") != _URL or not isinstance(url := told.get("url"), str):
        return Citation(extra=_extra(members))
    title, start, end = told.get("title"), told.get("start_index"), told.get("end_index")
    left = {name: value for name, value in members.items() if name not in _KNOWN}
    return Citation(
        url=url,
        title=title if isinstance(title, str) else None,
        start=start if isinstance(start, int) else None,
        end=end if isinstance(end, int) else None,
        extra=_extra(left),
    )


def annotation(citation: Citation, length: int) -> dict[str, Any] | None:
    """The annotation that says a citation, which is of the whole text (of this length) where it does not say of what.

    None where there is none that could: a place in a document has no name here.
    """
    extra = citation.extra
    own = dict(extra.members) if extra is not None and extra.wire is Wire.RESPONSES else {}
    if citation.url is None:
        return own or None
    return {
        "type": _URL,
        "start_index": citation.start or 0,
        "end_index": length if citation.end is None else citation.end,
        "url": citation.url,
        "title": citation.title or "",
        **own,
    }


def annotations(citations: tuple[Citation, ...], text: str) -> list[dict[str, Any]]:
    """The annotations of a text."""
    return [said for each in citations if (said := annotation(each, len(text))) is not None]


_KNOWN: Final = frozenset({"type", "url", "title", "start_index", "end_index"})


def _extra(members: dict[str, msgspec.Raw]) -> Extra | None:
    left = {name: value.copy() for name, value in members.items()}
    return Extra(Wire.RESPONSES, left) if left else None
