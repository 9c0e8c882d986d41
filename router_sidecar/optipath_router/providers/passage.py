"""A passage: caller and provider speak the same wire format, and bytes pass as they came.

Only the model's name is changed on the way in, and on the way out only what
accounting and the commit rule need is looked at.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from msgspec.structs import replace

from optipath_router.chat.answer import Answer, ChoiceEnded, Delta, Failing, Opened, PartBegun, PartGrown, Told
from optipath_router.chat.conversation import Reasoning, Refusal, Text, ToolCall
from optipath_router.chat.events import Event, Kind
from optipath_router.chat.request import ChatRequest
from optipath_router.chat.tokens import piece_tokens, text_tokens
from optipath_router.chat.usage import Usage
from optipath_router.errors import Code, UpstreamBroken
from optipath_router.providers.codec import AnswerReader, ProviderCodec, Read
from optipath_router.providers.dialect import Given, Outgoing
from optipath_router.providers.renamed import renamed
from optipath_snapshot import Target

_SEAL: Final = b'"optipath:'
"""With what a thought begins that a codec carries through a caller of another wire format."""


@dataclass(frozen=True)
class Passage:
    """Of a wire format of chats, by the provider's side of its codec, which is loaded when it is first used."""

    load_codec: Callable[[], ProviderCodec]
    path: str
    headers: frozenset[str] = frozenset()
    """Of the caller's, those that pass; names in lower case."""
    translates: bool = False
    downgrades: tuple[str, ...] = ()
    sayings: None = None

    @cached_property
    def codec(self) -> ProviderCodec:
        """What reads its answers."""
        return self.load_codec()

    def request(self, request: ChatRequest, target: Target) -> Outgoing:
        """The caller's own bytes, but for the model.

        A conversation may have been answered by providers of several wire
        formats. One that holds thoughts which we sealed for another is written
        again without them: a provider refuses what it did not write.
        """
        headers, model = passed_headers(request, self.headers), target.upstream_model
        if _SEAL in request.body:
            written = self.codec.write_chat(
                request.chat(), model, streams=request.streams, max_output_tokens=target.max_output_tokens
            )
            return replace(written, headers=headers)
        return Outgoing(self.path, renamed(request.body, request.asked.model, model), headers)

    def answer(self, _: ChatRequest, body: bytes) -> Given:
        """The provider's own bytes."""
        answer = self.codec.read_answer(body)
        return Given(body, answer.usage, 0 if answer.usage else tokens_in(answer))

    def reader(self, request: ChatRequest) -> "PassingReader":
        """A reader that gives events as they came."""
        return PassingReader(self.codec.reader(request.asked.n or 1))

    def refusal(self, _: int, __: Code, body: bytes) -> bytes:
        """The provider's own words."""
        return body


def passed_headers(request: ChatRequest, names: frozenset[str]) -> tuple[tuple[bytes, bytes], ...]:
    """Those of a caller's headers that pass to a provider of the same wire format."""
    return tuple(
        (name.encode(), request.headers[name].encode("latin-1")) for name in sorted(names & request.headers.keys())
    )


class PassingReader:
    """Reads a stream, and gives its events as they came. Those that came together are one."""

    __slots__ = ("_reader",)

    def __init__(self, reader: AnswerReader) -> None:
        self._reader = reader

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
        return together(self._reader.feed(chunk), lambda read: read.raw)

    def close(self) -> Iterator[Event]:
        """What is left when no more comes."""
        return together(self._reader.close(), lambda read: read.raw)


def together(reads: Iterable[Read], shown: Callable[[Read], bytes]) -> Iterator[Event]:
    """Events of what was read, as the caller is shown it: one for all that came together, up to an end or an error.

    What cannot be read, or not be shown, is raised after what came before it.
    """
    raws: list[bytes] = []
    content, tokens, usage = False, 0, None
    broken: UpstreamBroken | None = None
    iterator = iter(reads)
    while True:
        raw, failing = b"", None
        try:
            read = next(iterator, None)
            if read is not None:
                failing = _failing(read.deltas)
                raw = shown(read) if failing is None else b""
        except UpstreamBroken as error:
            broken, read = error, None
        if read is None or read.ends or failing is not None:
            if raws:
                yield Event(Kind.CONTENT if content else Kind.OPENING, b"".join(raws), usage, tokens)
                raws, content, tokens, usage = [], False, 0, None
            if broken is not None:
                raise broken
            if read is None:
                return
            yield Event(Kind.END, raw) if failing is None else Event(Kind.ERROR, failing, usage_in(read.deltas))
            continue
        raws.append(raw)
        for delta in read.deltas:
            said = _said(delta)
            if said is not None:
                content, tokens = True, tokens + said
        usage = usage_in(read.deltas) or usage


def _failing(deltas: Iterable[Delta]) -> bytes | None:
    """An error that is told, as an event of its own. Gemini's has several lines, and each is a field of data."""
    body = next((delta.body for delta in deltas if isinstance(delta, Failing)), None)
    if body is None:
        return None
    return b"".join(b"data: " + line + b"\n" for line in body.splitlines() or (b"",)) + b"\n"


def _said(delta: Delta) -> int | None:
    """About how many tokens of content a delta has; None where it is none."""
    match delta:
        case PartGrown(text=text):
            return piece_tokens(text)
        case PartBegun(what=Text(text=text) | Reasoning(text=text) | Refusal(text=text)):
            return piece_tokens(text) if text else None
        case PartBegun(what=ToolCall(name=name, arguments=arguments)):
            return piece_tokens(name) + piece_tokens(arguments)
        case PartBegun() | ChoiceEnded():
            return 0
        case _:
            return None


def usage_in(deltas: Iterable[Delta]) -> Usage | None:
    """The last usage that is told."""
    found = None
    for delta in deltas:
        if isinstance(delta, Told | Opened):
            found = delta.usage or found
    return found


def tokens_in(answer: Answer) -> int:
    """An estimate of the tokens that an answer says."""
    total = 0
    for choice in answer.choices:
        for part in choice.parts:
            match part:
                case Text(text=text) | Reasoning(text=text) | Refusal(text=text):
                    total += text_tokens(text)
                case ToolCall(name=name, arguments=arguments):
                    total += text_tokens(name) + text_tokens(arguments)
                case _:
                    pass
    return total
