"""The dialect as one value, for each way in which its family differs."""

from dataclasses import dataclass

from optipath_router.chat.request import ChatRequest
from optipath_router.chat.usage import Usage
from optipath_router.providers.dialect import Outgoing
from optipath_router.providers.openai.answer import read_answer
from optipath_router.providers.openai.reader import OpenAIReader
from optipath_router.providers.openai.request import outgoing


@dataclass(frozen=True, slots=True)
class OpenAIDialect:
    """OpenAI's chat completions."""

    tells_usage: bool = True
    """Whether a stream tells its usage because `stream_options` asks for it. Others tell it anyway."""

    def request(self, request: ChatRequest, upstream_model: str) -> Outgoing:
        """The caller's own bytes, but for the model and, in a stream, the wish to be told the usage."""
        tell_usage = request.streams and self.tells_usage
        return Outgoing(
            "/chat/completions", outgoing(request.body, request.asked, upstream_model, tell_usage=tell_usage)
        )

    def answer(self, body: bytes) -> tuple[Usage | None, int]:
        """The usage in a whole answer, or else an estimate of what it says; raises UpstreamBroken for no answer."""
        return read_answer(body)

    def reader(self, request: ChatRequest) -> OpenAIReader:
        """A reader for the streamed reply to a request."""
        hides_usage = self.tells_usage and not request.asked.tells_usage
        return OpenAIReader(choices=request.asked.n or 1, hides_usage=hides_usage)


OPENAI = OpenAIDialect()
TELLS_NO_USAGE = OpenAIDialect(tells_usage=False)
