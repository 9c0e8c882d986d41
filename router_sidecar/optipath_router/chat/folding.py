"""A stream, folded into the whole answer that it tells."""

from collections.abc import Iterable
from typing import Any

import msgspec

from optipath_router.chat.answer import (
    Answer,
    Choice,
    ChoiceEnded,
    Delta,
    Failing,
    HostedTold,
    Opened,
    PartBegun,
    PartGrown,
    Told,
)
from optipath_router.chat.conversation import Citation, Part, Reasoning, Refusal, Text, ToolCall
from optipath_router.chat.usage import Usage


def fold(deltas: Iterable[Delta]) -> Answer:
    """The whole answer. Choices that have not ended, and errors, are not in it."""
    opened = Opened()
    usage: Usage | None = None
    choices: dict[int, _Choice] = {}
    for delta in deltas:
        match delta:
            case Opened():
                opened, usage = delta, delta.usage or usage
            case Told():
                usage = delta.usage
            case PartBegun():
                choices.setdefault(delta.choice, _Choice()).begin(delta)
            case PartGrown():
                choices[delta.choice].grow(delta)
            case ChoiceEnded():
                choices.setdefault(delta.choice, _Choice()).ended = delta
            case HostedTold() | Failing():
                pass
    whole = tuple(choice.whole(choice.ended) for _, choice in sorted(choices.items()) if choice.ended)
    return Answer(whole, opened.id, opened.model, opened.created, usage)


class _Choice:
    """A choice that comes piece by piece."""

    __slots__ = ("_logprobs", "_parts", "ended")

    def __init__(self) -> None:
        self._parts: dict[int, _Growing] = {}
        self._logprobs: list[msgspec.Raw] = []
        self.ended: ChoiceEnded | None = None

    def begin(self, begun: PartBegun) -> None:
        """Take a new part."""
        self._parts[begun.part] = _Growing(begun.what)

    def grow(self, grown: PartGrown) -> None:
        """Take more of a part."""
        if grown.logprobs is not None:
            self._logprobs.append(grown.logprobs)
        self._parts[grown.part].grow(grown)

    def whole(self, ended: ChoiceEnded) -> Choice:
        """The choice, as it came to its end."""
        parts = tuple(part.whole() for _, part in sorted(self._parts.items()))
        return Choice(parts, ended.finish, ended.told, ended.stop_sequence, _joined(self._logprobs))


class _Growing:
    """A part, and what has come of it since it began."""

    __slots__ = ("_begun", "_citations", "_signature", "_texts")

    def __init__(self, begun: Part) -> None:
        self._begun = begun
        self._texts: list[str] = []
        self._citations: list[Citation] = []
        self._signature: str | None = None

    def grow(self, grown: PartGrown) -> None:
        """Take more of it."""
        self._texts.append(grown.text)
        if grown.citation is not None:
            self._citations.append(grown.citation)
        self._signature = grown.signature or self._signature

    def whole(self) -> Part:
        """All of it."""
        more, begun = "".join(self._texts), self._begun
        match begun:
            case Text():
                return msgspec.structs.replace(
                    begun, text=begun.text + more, citations=(*begun.citations, *self._citations)
                )
            case Refusal():
                return msgspec.structs.replace(begun, text=begun.text + more)
            case Reasoning():
                return msgspec.structs.replace(
                    begun, text=begun.text + more, signature=self._signature or begun.signature
                )
            case ToolCall():
                return msgspec.structs.replace(
                    begun, arguments=begun.arguments + more, signature=self._signature or begun.signature
                )
            case _:
                return begun


def _joined(pieces: list[msgspec.Raw]) -> msgspec.Raw | None:
    """Log-probs of all pieces, in OpenAI's chat format: lists of tokens by what they are of."""
    joined: dict[str, list[Any]] = {}
    for piece in pieces:
        for of, tokens in msgspec.json.decode(piece, type=dict[str, list[msgspec.Raw] | None]).items():
            joined.setdefault(of, []).extend(tokens or ())
    return msgspec.Raw(msgspec.json.encode(joined)) if joined else None
