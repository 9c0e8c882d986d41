"""Embeddings of Gemini's, many in one request."""

from collections.abc import Sequence
from typing import Any

import msgspec

from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.counted import counted
from optipath_router.providers.dialect import ErrorTold, Outgoing
from optipath_router.providers.embeddings import Embedded, checked
from optipath_router.providers.gemini.models import path, resource


class _Embedding(msgspec.Struct, frozen=True):
    values: tuple[float, ...]


class _Usage(msgspec.Struct, frozen=True, rename="camel"):
    prompt_token_count: Any = None


class _Embeddings(msgspec.Struct, frozen=True, rename="camel"):
    embeddings: list[_Embedding] = []
    usage_metadata: _Usage | None = None
    error: Any = None


_decode = msgspec.json.Decoder(_Embeddings).decode


def write_embeddings(inputs: Sequence[str], model: str, dimensions: int | None) -> Outgoing:
    """Texts for `batchEmbedContents`."""
    size = {"outputDimensionality": dimensions} if dimensions is not None else {}
    requests = [{"model": resource(model), "content": {"parts": [{"text": text}]}, **size} for text in inputs]
    return Outgoing(path(model, "batchEmbedContents"), msgspec.json.encode({"requests": requests}))


def read_embeddings(body: bytes, *, inputs: int) -> Embedded:
    """The vectors; raises UpstreamBroken where they are not there, ErrorTold for an error."""
    try:
        told = _decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamBroken(Outcome.BROKEN, f"{len(body)} bytes are no embeddings") from error
    if told.error is not None:
        raise ErrorTold
    vectors = checked(tuple(each.values for each in told.embeddings), inputs)
    return Embedded(vectors, counted(told.usage_metadata.prompt_token_count) if told.usage_metadata else None)
