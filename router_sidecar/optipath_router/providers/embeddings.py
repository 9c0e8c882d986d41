"""Embeddings, in words that no dialect owns, and in OpenAI's shape for the caller."""

from array import array
from base64 import b64encode
from typing import Any, Final

import msgspec

from optipath_router.chat.conversation import Extra, Wire
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.members import Members, refused

_MAX_INPUTS: Final = 2048
"""As many as OpenAI takes in one request."""


class EmbeddingsAsked(msgspec.Struct, frozen=True):
    """A request for embeddings."""

    model: str
    inputs: tuple[str, ...]
    """Empty where they are told as tokens."""
    tokens: msgspec.Raw | None = None
    """Inputs as numbers of a tokenizer, which only a provider of that tokenizer can read."""
    dimensions: int | None = None
    base64: bool = False
    """Whether vectors are wanted as base64 of their floats."""
    extra: Extra | None = None


class Embedded(msgspec.Struct, frozen=True):
    """A vector for each input, in their order."""

    vectors: tuple[tuple[float, ...], ...]
    tokens: int | None = None
    """Of the input; None where the provider does not tell."""


def read_embeddings_request(body: bytes) -> EmbeddingsAsked:
    """What a body in OpenAI's shape asks for; raises RequestRejected, which names the member that is wrong."""
    members = Members(body)
    model = members.needed("model", str)
    if members.kind_of("input") == "text":
        inputs: list[Any] = [members.needed("input", str)]
    else:
        inputs = members.needed("input", list[str | int | list[int]])
    form = members.take("encoding_format", str) or "float"
    dimensions = members.take("dimensions", int)
    if not inputs or len(inputs) > _MAX_INPUTS:
        raise refused("input", f"has {len(inputs)} elements; from 1 to {_MAX_INPUTS} are read")
    if form not in ("float", "base64"):
        raise refused("encoding_format", f"is {form[:200]!r}; `float` and `base64` are known")
    if dimensions is not None and dimensions < 1:
        raise refused("dimensions", f"is {dimensions}; it must be 1 or more")
    texts = tuple(each for each in inputs if isinstance(each, str))
    if texts and len(texts) != len(inputs):
        raise refused("input", "has texts and tokens together")
    tokens = None if texts else msgspec.Raw(msgspec.json.encode(inputs))
    return EmbeddingsAsked(model, texts, tokens, dimensions, form == "base64", members.rest(Wire.EMBEDDINGS))


def write_embeddings_answer(embedded: Embedded, asked: EmbeddingsAsked, model: str, *, estimated_tokens: int) -> bytes:
    """The answer in OpenAI's shape; the estimate counts where the provider told no usage."""
    write = _as_base64 if asked.base64 else tuple
    data = [
        {"object": "embedding", "index": index, "embedding": write(vector)}
        for index, vector in enumerate(embedded.vectors)
    ]
    tokens = estimated_tokens if embedded.tokens is None else embedded.tokens
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return msgspec.json.encode({"object": "list", "data": data, "model": model, "usage": usage})


def texts_of(asked: EmbeddingsAsked) -> tuple[str, ...]:
    """The inputs as texts; raises RequestRejected where they are tokens."""
    if not asked.inputs:
        raise refused("input", "is a list of tokens, which only the provider of their tokenizer can read; send text")
    return asked.inputs


def checked(vectors: tuple[tuple[float, ...], ...], inputs: int) -> tuple[tuple[float, ...], ...]:
    """A vector for each input; raises UpstreamBroken where there are more or fewer."""
    if len(vectors) != inputs or not all(vectors):
        raise UpstreamBroken(Outcome.BROKEN, f"{len(vectors)} embeddings came for {inputs} inputs")
    return vectors


def _as_base64(vector: tuple[float, ...]) -> str:
    # OpenAI packs them as little-endian floats of four bytes, as every machine does that we run on.
    return b64encode(array("f", vector).tobytes()).decode()
