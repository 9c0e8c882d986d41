"""What requests and answers spell alike."""

from typing import Any

from optipath_router.chat.conversation import CacheMark, Citation, Image, ToolCall, Wire, data_url
from optipath_router.providers.members import said_again
from optipath_router.providers.openai.parts import told_apart
from optipath_router.providers.openai.tools import signature_out

Written = dict[str, Any]


def write_mark(cache: CacheMark | None) -> Written:
    """The member that marks up to where a prompt may be cached."""
    if cache is None:
        return {}
    ttl = {} if cache.ttl is None else {"ttl": cache.ttl}
    return {"cache_control": {"type": "ephemeral", **ttl, **said_again(cache.extra, Wire.CHAT)}}


def write_call(call: ToolCall) -> Written:
    """A tool call."""
    proof = {} if call.signature is None else signature_out(call.signature)
    kind = "custom" if call.custom else "function"
    outer, inner = told_apart(call.extra, kind)
    told = {"name": call.name, "input" if call.custom else "arguments": call.arguments, **inner}
    return {"id": call.id, "type": kind, kind: told, **proof, **outer}


def write_citation(citation: Citation) -> Written:
    """A citation; at 0 and up to 0 where it belongs to no place in the text."""
    return {
        "url": citation.url or "",
        "title": citation.title or "",
        "start_index": citation.start or 0,
        "end_index": citation.end or 0,
        **({} if citation.quoted is None else {"content": citation.quoted}),
    }


def image_url(image: Image) -> str:
    """A picture's URL, which may hold it."""
    if image.data is not None:
        return data_url(image.media_type or "image/png", image.data)
    return image.url or ""
