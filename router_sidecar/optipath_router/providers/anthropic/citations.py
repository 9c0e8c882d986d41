"""Citations in Messages: of a web search, a search result, or a place in a document."""

from typing import Any, Final

import msgspec

from optipath_router.chat.conversation import Citation, Extra, Wire

_WEB: Final = "web_search_result_location"
_SHARED: Final = {"url": "url", "title": "title", "cited_text": "quoted"}
"""Members that other dialects know too, by their neutral names."""


def read_citation(members: dict[str, msgspec.Raw]) -> Citation:
    """A citation. One without the proof that Anthropic gives each is of another provider."""
    known: dict[str, str] = {}
    rest: dict[str, msgspec.Raw] = {}
    for name, raw in members.items():
        value = _text(raw) if name in _SHARED else None
        if value is not None:
            known[_SHARED[name]] = value
        elif bytes(raw) != b"null":
            rest[name] = raw.copy()
    proven = bool(rest) and _text(rest.get("encrypted_index")) != ""
    extra = Extra(Wire.MESSAGES, rest) if proven else None
    return Citation(known.get("url"), known.get("title"), known.get("quoted"), extra=extra)


def write_citation(citation: Citation, said: str = "") -> dict[str, Any]:
    """A citation as callers read it; one of another provider is of the web, without proof. `said` is the whole text."""
    shared = {"url": citation.url, "title": citation.title, "cited_text": citation.quoted}
    if is_own(citation) and citation.extra is not None:
        return {**citation.extra.members, **{name: value for name, value in shared.items() if value is not None}}
    quoted = citation.quoted or said[citation.start or 0 : citation.end or 0]
    url = citation.url or ""
    return {
        "type": _WEB,
        "url": url,
        "title": citation.title or url,
        "cited_text": quoted,
        "encrypted_index": "",
    }


def is_own(citation: Citation) -> bool:
    """Whether Anthropic can be told of it again."""
    return citation.extra is not None and citation.extra.wire is Wire.MESSAGES


def _text(raw: msgspec.Raw | None) -> str | None:
    if raw is None:
        return None
    try:
        return msgspec.json.decode(raw, type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
