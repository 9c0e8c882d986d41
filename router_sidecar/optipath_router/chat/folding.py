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
from optipath_router.chat.conversation import Audio, Part, Reasoning, Refusal, Text, ToolCall
from optipath_router.chat.usage import Usage


def fold(deltas: Iterable[Delta]) -> Answer:
    """The whole answer. Choices that have not ended, errors, and what hosted tools tell by the way, are not in it."""
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
        return Choice(parts, ended.finish, ended.told, ended.stop_sequence, _joined(self._logprobs), ended.extra)


class _Growing:
    """A part, and what has come of it since it began."""

    __slots__ = ("_begun", "_grown")

    def __init__(self, begun: Part) -> None:
        self._begun = begun
        self._grown: list[PartGrown] = []

    def grow(self, grown: PartGrown) -> None:
        """Take more of it."""
        self._grown.append(grown)

    def whole(self) -> Part:
        """All of it."""
        begun = self._begun
        more = "".join([grown.text for grown in self._grown])
        match begun:
            case Text(text=text, citations=citations):
                cited = [grown.citation for grown in self._grown if grown.citation is not None]
                return msgspec.structs.replace(begun, text=text + more, citations=(*citations, *cited))
            case Refusal(text=text):
                return msgspec.structs.replace(begun, text=text + more)
            case Reasoning(text=text):
                signature, hidden = self._last("signature", begun.signature), self._last("hidden", begun.hidden)
                return msgspec.structs.replace(begun, text=text + more, signature=signature, hidden=hidden)
            case ToolCall(arguments=arguments):
                signature = self._last("signature", begun.signature)
                return msgspec.structs.replace(begun, arguments=arguments + more, signature=signature)
            case Audio(data=data, transcript=transcript):
                sound = (data or "") + "".join([grown.data for grown in self._grown])
                return msgspec.structs.replace(begun, data=sound or None, transcript=(transcript or "") + more or None)
            case _:
                return begun

    def _last(self, member: str, begun: str | None) -> str | None:
        """What is said once, when all else of the part has been."""
        return next((said for grown in reversed(self._grown) if (said := getattr(grown, member))), begun)


def _joined(pieces: list[msgspec.Raw]) -> msgspec.Raw | None:
    """Log-probs of all pieces, in OpenAI's chat format: lists of tokens by what they are of, null where it has none."""
    joined: dict[str, list[Any] | None] = {}
    for piece in pieces:
        for of, tokens in msgspec.json.decode(piece, type=dict[str, list[msgspec.Raw] | None]).items():
            joined[of] = [*(joined.get(of) or ()), *tokens] if tokens is not None else joined.get(of)
    return msgspec.Raw(msgspec.json.encode(joined)) if joined else None
