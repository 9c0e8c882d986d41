"""OpenAI's chat completions as they pass, for each way in which the family differs."""

from dataclasses import dataclass

from optipath_router.chat.request import ChatRequest
from optipath_router.errors import Code
from optipath_router.providers import codecs
from optipath_router.providers.dialect import Given, Outgoing
from optipath_router.providers.openai.answer import read_answer
from optipath_router.providers.openai.call_ids import fits
from optipath_router.providers.openai.family import FAMILY, Family
from optipath_router.providers.openai.reader import OpenAIReader
from optipath_router.providers.openai.request import outgoing
from optipath_router.providers.openai.thoughts import holds_foreign
from optipath_snapshot import Target


@dataclass(frozen=True, slots=True)
class ChatPassage:
    """Chat completions asked for and answered in OpenAI's dialect: a passage, made for speed."""

    family: Family
    translates: bool = False
    downgrades: tuple[str, ...] = ()
    sayings: None = None

    def request(self, request: ChatRequest, target: Target) -> Outgoing:
        """The caller's own bytes, but for the model and, in a stream, the wish to be told the usage.

        A conversation that providers of several dialects have answered is written again where this one would refuse
        what another wrote: its thoughts, or its names of tool calls.
        """
        if holds_foreign(request.asked) or not fits(request.body, self.family):
            codec = codecs.openai(self.family)
            return codec.write_chat(request.chat(), target.upstream_model, streams=request.streams)
        tell_usage = request.streams and self.family.stream_options
        body = outgoing(request.body, request.asked, target.upstream_model, tell_usage=tell_usage)
        return Outgoing("/chat/completions", body)

    def answer(self, _: ChatRequest, body: bytes) -> Given:
        """The provider's own bytes, with the usage in them or else an estimate of what they say."""
        return Given(body, *read_answer(body))

    def reader(self, request: ChatRequest) -> OpenAIReader:
        """A reader for the streamed reply to a request."""
        hides_usage = self.family.stream_options and not request.asked.tells_usage
        return OpenAIReader(choices=request.asked.n or 1, hides_usage=hides_usage)

    def refusal(self, _: int, __: Code, body: bytes) -> bytes:
        """The provider's own words."""
        return body


CHAT = ChatPassage(FAMILY["OpenAICompatible"])
