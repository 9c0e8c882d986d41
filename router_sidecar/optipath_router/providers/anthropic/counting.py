"""A count of tokens that the caller wants and the provider makes: bytes pass."""

from dataclasses import dataclass

from optipath_router.chat.request import ChatRequest
from optipath_router.chat.usage import Usage
from optipath_router.errors import Code
from optipath_router.providers.anthropic.count_tokens import read_counted
from optipath_router.providers.anthropic.facts import COUNT_TOKENS_PATH, PASSED_HEADERS
from optipath_router.providers.dialect import Given, Outgoing, StreamReader
from optipath_router.providers.passage import passed_headers
from optipath_router.providers.renamed import renamed
from optipath_snapshot import Target


@dataclass(frozen=True, slots=True)
class CountPassage:
    """`POST /v1/messages/count_tokens`, which costs nothing."""

    translates: bool = False
    downgrades: tuple[str, ...] = ()
    sayings: None = None

    def request(self, request: ChatRequest, target: Target) -> Outgoing:
        """The caller's own bytes, but for the model."""
        body = renamed(request.body, request.asked.model, target.upstream_model)
        return Outgoing(COUNT_TOKENS_PATH, body, passed_headers(request, PASSED_HEADERS))

    def answer(self, _: ChatRequest, body: bytes) -> Given:
        """The provider's own bytes."""
        read_counted(body)
        return Given(body, Usage(0, 0))

    def reader(self, _: ChatRequest) -> StreamReader:
        """Fail: a count is not streamed."""
        raise LookupError("a count is not streamed")

    def refusal(self, _: int, __: Code, body: bytes) -> bytes:
        """The provider's own words."""
        return body
