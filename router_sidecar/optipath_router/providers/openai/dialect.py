"""The dialect as one value."""

from optipath_router.chat.request import ChatRequest
from optipath_router.chat.usage import Usage
from optipath_router.providers.dialect import Outgoing
from optipath_router.providers.openai.reply import OpenAIReader, answer_usage
from optipath_router.providers.openai.request import with_model


class OpenAIDialect:
    """OpenAI's chat completions."""

    def request(self, request: ChatRequest, upstream_model: str) -> Outgoing:
        """The caller's own bytes, but for the model."""
        return Outgoing("/chat/completions", with_model(request.body, request.asked.model, upstream_model))

    def usage(self, body: bytes) -> Usage | None:
        """The usage in a whole answer; raises UpstreamBroken where the body is no answer."""
        return answer_usage(body)

    def reader(self) -> OpenAIReader:
        """A reader for one streamed reply."""
        return OpenAIReader()


OPENAI = OpenAIDialect()
