"""Embeddings asked for in OpenAI's shape of a provider that has another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from optipath_router.chat.request import ChatRequest
from optipath_router.chat.tokens import text_tokens
from optipath_router.chat.usage import Usage
from optipath_router.errors import Code
from optipath_router.providers.dialect import Given, Outgoing, StreamReader
from optipath_router.providers.embeddings import (
    Embedded,
    read_embeddings_request,
    texts_of,
    write_embeddings_answer,
)
from optipath_router.providers.openai.faults import error
from optipath_router.providers.said import told
from optipath_snapshot import Saying, Target


class ReadEmbeddings(Protocol):
    """How a provider's answer is read."""

    def __call__(self, body: bytes, *, inputs: int) -> Embedded:
        """The vectors; raises UpstreamBroken where they are not there, ErrorTold for an error."""
        ...


@dataclass(frozen=True, slots=True)
class EmbeddingCodec:
    """The provider's side of them."""

    write: Callable[[Sequence[str], str, int | None], Outgoing]
    read: ReadEmbeddings


@dataclass(frozen=True)
class EmbeddingTranslation:
    """Of one provider's dialect, which is loaded when it is first used."""

    load_codec: Callable[[], EmbeddingCodec]
    translates: bool = True
    downgrades: tuple[str, ...] = ()
    sayings: frozenset[Saying] | None = None

    @cached_property
    def codec(self) -> EmbeddingCodec:
        """What writes what is asked, and reads the vectors."""
        return self.load_codec()

    def request(self, request: ChatRequest, target: Target) -> Outgoing:
        """The texts in the provider's words; raises RequestRejected."""
        asked = read_embeddings_request(request.body)
        return self.codec.write(texts_of(asked), target.upstream_model, asked.dimensions)

    def answer(self, request: ChatRequest, body: bytes) -> Given:
        """The vectors in OpenAI's shape."""
        asked = read_embeddings_request(request.body)
        embedded = self.codec.read(body, inputs=len(asked.inputs))
        estimate = sum(map(text_tokens, asked.inputs))
        written = write_embeddings_answer(embedded, asked, asked.model, estimated_tokens=estimate)
        usage = Usage(embedded.tokens, 0) if embedded.tokens is not None else Usage(estimate, 0, estimated=True)
        return Given(written, usage)

    def reader(self, _: ChatRequest) -> StreamReader:
        """Fail: embeddings are not streamed."""
        raise LookupError("embeddings are not streamed")

    def refusal(self, status: int, code: Code, body: bytes) -> bytes:
        """What the provider says, in OpenAI's form."""
        return error(status, code, told(body) or f"the provider refused the request with status {status}")
