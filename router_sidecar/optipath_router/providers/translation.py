"""A translation: the caller speaks one wire format, the provider another. All of it goes by way of chat/."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from msgspec.structs import replace

from optipath_router.chat.answer import Delta, Opened
from optipath_router.chat.events import Event, Kind
from optipath_router.chat.request import ChatRequest
from optipath_router.errors import Code
from optipath_router.providers.codec import AnswerReader, AnswerWriter, ProviderCodec, Read
from optipath_router.providers.dialect import Given, Outgoing
from optipath_router.providers.passage import together, tokens_in
from optipath_router.providers.said import told
from optipath_router.providers.surface import Surface
from optipath_snapshot import Saying, Target


@dataclass(frozen=True)
class Translation:
    """Between a caller's wire format and a provider's, both of which are loaded when they are first used."""

    surface: Surface
    """What the caller speaks."""
    load_provider: Callable[[], ProviderCodec]
    sayings: frozenset[Saying]
    """What the provider's dialect can say."""
    downgrades: tuple[str, ...] = ()
    """What the provider is asked for in a weaker form than the caller asked us."""
    translates: bool = True

    @cached_property
    def provider(self) -> ProviderCodec:
        """The provider's side of its wire format."""
        return self.load_provider()

    def load(self) -> None:
        """Load both sides, so that no request has to wait for it."""
        _ = self.surface.codec, self.provider

    def request(self, request: ChatRequest, target: Target) -> Outgoing:
        """The chat in the provider's words."""
        return self.provider.write_chat(
            request.chat(),
            target.upstream_model,
            streams=request.streams,
            max_output_tokens=target.max_output_tokens,
        )

    def answer(self, request: ChatRequest, body: bytes) -> Given:
        """The answer in the caller's words."""
        answer = self.provider.read_answer(body)
        if answer.created is None:
            answer = replace(answer, created=request.created)
        written = self.surface.codec.write_answer(answer, request.chat())
        return Given(written, answer.usage, 0 if answer.usage else tokens_in(answer))

    def reader(self, request: ChatRequest) -> "TranslatingReader":
        """A reader that gives the caller's events."""
        writer = self.surface.codec.writer(request.chat(), tells_usage=request.asked.tells_usage)
        return TranslatingReader(self.provider.reader(request.asked.n or 1), writer, created=request.created)

    def refusal(self, status: int, code: Code, body: bytes) -> bytes:
        """What the provider says, in the caller's form."""
        message = told(body) or f"the provider refused the request with status {status}"
        return self.surface.speech.error(status, code, message, None)


class TranslatingReader:
    """Reads a provider's stream, and gives the caller's events."""

    __slots__ = ("_created", "_ended", "_reader", "_writer")

    def __init__(self, reader: AnswerReader, writer: AnswerWriter, *, created: int) -> None:
        """Take what to say of when it was made, where the provider says nothing: seconds since 1970."""
        self._reader, self._writer, self._created = reader, writer, created
        self._ended = False

    @property
    def kept(self) -> int:
        """Bytes of an event that is not complete."""
        return self._reader.kept

    @property
    def finished(self) -> bool:
        """Whether the answer has come to its end."""
        return self._reader.finished

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that are complete."""
        return together(self._reader.feed(chunk), self._written)

    def close(self) -> Iterator[Event]:
        """What is left when no more comes; the caller's end mark, where the provider has none."""
        yield from together(self._reader.close(), self._written)
        if self._reader.finished and not self._ended:
            yield Event(Kind.END, self._end())

    def _written(self, read: Read) -> bytes:
        if self._ended:
            return b""  # several providers send their end mark twice
        written = b"".join(map(self._write, read.deltas))
        return written + self._end() if read.ends and self._reader.finished else written

    def _write(self, delta: Delta) -> bytes:
        if isinstance(delta, Opened) and delta.created is None:
            delta = replace(delta, created=self._created)
        return self._writer.write(delta)

    def _end(self) -> bytes:
        self._ended = True
        return self._writer.end()
