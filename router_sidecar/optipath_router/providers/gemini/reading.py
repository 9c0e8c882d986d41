"""An answer of Gemini's as it comes: the same for a whole one and for the pieces of a stream."""

from typing import Any

from optipath_router.chat.answer import ChoiceEnded, Delta, Finish, Opened, Told
from optipath_router.chat.usage import Usage
from optipath_router.providers.gemini.choice import Choice
from optipath_router.providers.gemini.usage import usage_of
from optipath_router.providers.gemini.wire import Chunk
from optipath_router.providers.timestamps import seconds_of


class Reading:
    """What has been read of one answer."""

    __slots__ = ("_blocked", "_choices", "_opened", "_usage")

    def __init__(self) -> None:
        self._choices: dict[int, Choice] = {}
        self._opened: Opened | None = None
        self._usage: Usage | None = None
        self._blocked = False

    @property
    def finished(self) -> bool:
        """Whether every candidate has told why it ended, or the prompt was blocked."""
        choices = self._choices.values()
        return self._blocked or (bool(choices) and all(choice.ended for choice in choices))

    def read(self, chunk: Chunk) -> list[Delta]:
        """What a piece means."""
        deltas: list[Delta] = []
        usage = usage_of(chunk.usage_metadata)
        if self._opened is None:
            self._opened = _opened(chunk, usage)
            self._usage = usage
            deltas.append(self._opened)
        for candidate in chunk.candidates or ():
            number = candidate.index or 0
            choice = self._choices.get(number)
            if choice is None:
                choice = self._choices[number] = Choice(number)
            deltas += choice.read(candidate, self._opened.id)
        if not chunk.candidates and not self._blocked and not self._choices and chunk.block_reason:
            self._blocked = True
            deltas.append(ChoiceEnded(0, Finish.FILTERED, chunk.block_reason))
        if usage is not None and usage != self._usage:
            self._usage = usage
            deltas.append(Told(usage))
        return deltas


def _opened(chunk: Chunk, usage: Usage | None) -> Opened:
    return Opened(_text(chunk.response_id), _text(chunk.model_version), seconds_of(chunk.create_time), usage)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
