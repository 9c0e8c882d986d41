"""Embeddings of Ollama's."""

from collections.abc import Sequence
from typing import Any

import msgspec

from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.counted import counted
from optipath_router.providers.dialect import ErrorTold, Outgoing
from optipath_router.providers.embeddings import Embedded, checked


class _Embeddings(msgspec.Struct, frozen=True):
    embeddings: tuple[tuple[float, ...], ...] = ()
    prompt_eval_count: Any = None
    error: Any = None


_decode = msgspec.json.Decoder(_Embeddings).decode


def write_embeddings(inputs: Sequence[str], model: str, dimensions: int | None) -> Outgoing:
    """Texts for `/api/embed`."""
    size = {"dimensions": dimensions} if dimensions is not None else {}
    return Outgoing("/api/embed", msgspec.json.encode({"model": model, "input": list(inputs), **size}))


def read_embeddings(body: bytes, *, inputs: int) -> Embedded:
    """The vectors; raises UpstreamBroken where they are not there, ErrorTold for an error."""
    try:
        told = _decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamBroken(Outcome.BROKEN, f"{len(body)} bytes are no embeddings") from error
    if told.error is not None:
        raise ErrorTold
    return Embedded(checked(told.embeddings, inputs), counted(told.prompt_eval_count))
