"""OpenAI's surfaces beside chats: their bytes pass, and what accounting needs is looked at."""

from collections.abc import Callable
from dataclasses import dataclass

from optipath_router.chat.request import ChatRequest
from optipath_router.chat.usage import Usage
from optipath_router.errors import Code
from optipath_router.providers.dialect import Given, Outgoing
from optipath_router.providers.openai import completions, embeddings, moderations
from optipath_router.providers.openai.reader import OpenAIReader
from optipath_router.providers.openai.request import outgoing
from optipath_snapshot import Target


@dataclass(frozen=True, slots=True)
class LeanPassage:
    """One surface."""

    path: str
    read: Callable[[bytes], tuple[Usage | None, int]]
    """The usage in an answer, or else an estimate; raises UpstreamBroken and ErrorTold."""
    tells_usage: bool = False
    """Whether a stream tells its usage because `stream_options` asks for it."""
    translates: bool = False
    downgrades: tuple[str, ...] = ()
    sayings: None = None

    def request(self, request: ChatRequest, target: Target) -> Outgoing:
        """The caller's own bytes, but for the model and, in a stream, the wish to be told the usage."""
        tell_usage = request.streams and self.tells_usage
        return Outgoing(self.path, outgoing(request.body, request.asked, target.upstream_model, tell_usage=tell_usage))

    def answer(self, _: ChatRequest, body: bytes) -> Given:
        """The provider's own bytes."""
        return Given(body, *self.read(body))

    def reader(self, request: ChatRequest) -> OpenAIReader:
        """A reader for a streamed completion; nothing else of these is streamed."""
        return completions.reader(request.asked, hides_usage=self.tells_usage and not request.asked.tells_usage)

    def refusal(self, _: int, __: Code, body: bytes) -> bytes:
        """The provider's own words."""
        return body


def _embedded(body: bytes) -> tuple[Usage | None, int]:
    return embeddings.read_answer(body), 0


def _moderated(body: bytes) -> tuple[Usage | None, int]:
    """They cost nothing, and no provider tells their tokens."""
    moderations.read_answer(body)
    return Usage(0, 0), 0


COMPLETIONS = LeanPassage(completions.PATH, completions.read_answer, tells_usage=True)
COMPLETIONS_UNASKED = LeanPassage(completions.PATH, completions.read_answer)
EMBEDDINGS = LeanPassage(embeddings.PATH, _embedded)
MODERATIONS = LeanPassage(moderations.PATH, _moderated)
