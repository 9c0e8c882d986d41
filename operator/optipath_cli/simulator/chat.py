"""A chat in words that no dialect owns: what was asked, and what is answered.

The answer follows from the request and the behaviour alone, so that the same call gets the same text. It
names the model and repeats every `nonce-…` of the prompt, which proves whose answer it is.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, cycle, islice, repeat
from math import ceil
from typing import Any

import msgspec

from optipath_cli.simulator.behaviour import Behaviour, Usage
from optipath_cli.simulator.sample import sample

Schema = dict[str, Any]

NONCE = re.compile(r"\bnonce-\w[\w-]*")
CLOSING = ("The", "simulator", "made", "this", "answer.")
FILLER = ("And", "so", "it", "goes", "on.")
THOUGHTS = ("Let ", "me ", "think. ")
DECLINED = ("I", "cannot", "help", "with", "that.")
PIECE = 8
"""Characters of JSON in a token."""
LONG = 2**14
"""Characters in a token of a flood."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the caller offers."""

    name: str
    parameters: Schema


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for."""

    model: str
    prompt: str
    """The text of all messages."""
    streams: bool = False
    choices: int = 1
    stream_usage: bool = False
    """The token counts are wanted at the end of a stream too."""
    tool: Tool | None = None
    """The first one offered."""
    called: bool = False
    """The last word is a tool's, with its result."""
    json: bool = False
    """An object is wanted, and no prose."""
    schema: Schema | None = None
    """What the object must look like."""
    counts: bool = False
    """Only the prompt's tokens are to be counted."""
    inputs: tuple[str, ...] = ()
    """Texts to embed; none where a chat is asked for."""
    packed: bool = False
    """The vectors are wanted as base64."""
    batch: bool = False
    """They were asked for as a list, though it may hold one."""

    @property
    def tokens(self) -> int:
        """Length of the prompt, at four characters a token."""
        return ceil(len(self.prompt) / 4)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, token by token, or the arguments of a call if it calls a tool."""

    pieces: Iterable[str]
    tool: str | None = None
    declined: bool = False
    """What is said is that the model will not answer."""
    filtered: bool = False
    """The provider's filter ended it."""
    usage: Usage = "asked"
    """Where the token counts stand."""
    thoughts: tuple[str, ...] = ()
    """What is thought before, token by token."""

    def whole_calls(self) -> Iterator[tuple[str, int]]:
        """What is said, each with its tokens, where a dialect tells a call in one piece."""
        if self.tool is None:
            return ((piece, 1) for piece in self.pieces)
        pieces = list(self.pieces)
        return iter([("".join(pieces), len(pieces))])


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes one reply different from the next."""

    number: int
    """Of the request, from 1."""
    created: int
    """Seconds since 1970."""


def answer(asked: Asked, behaviour: Behaviour) -> Answer:
    """What a model that behaves like this says."""
    said = _said(asked, behaviour)
    return replace(said, thoughts=THOUGHTS) if behaviour.thinks else said


def _said(asked: Asked, behaviour: Behaviour) -> Answer:
    if behaviour.content == "tool" and asked.tool is not None and not asked.called:
        arguments = _dump(sample(asked.tool.parameters))
        return Answer(_cut(arguments), tool=asked.tool.name, usage=behaviour.usage)
    if behaviour.content == "json" or asked.json:
        said: Any = {"model": asked.model, "nonces": _nonces(asked)} if asked.schema is None else sample(asked.schema)
        return Answer(_cut(_dump(said)), usage=behaviour.usage)
    if behaviour.content == "refusal":
        return Answer([f"{word} " for word in DECLINED], declined=True, usage=behaviour.usage)
    return Answer(_prose(asked, behaviour), filtered=behaviour.content == "filtered", usage=behaviour.usage)


def _prose(asked: Asked, behaviour: Behaviour) -> Iterable[str]:
    """Words with the space behind them, a token each."""
    if behaviour.flood_megabytes is not None:
        return repeat("x" * LONG, behaviour.flood_megabytes * 2**20 // LONG)
    words = ["I", "am", f"{asked.model}.", *_nonces(asked), *CLOSING]
    if behaviour.event_kilobytes is not None:
        words.insert(0, "x" * (behaviour.event_kilobytes * 2**10))
    if behaviour.endless:
        return _Endless(words)
    # An answer that is to break after n tokens has more than n.
    least = behaviour.broken.after + 1 if behaviour.broken else 0
    length = max(len(words), least) if behaviour.tokens is None else behaviour.tokens
    return [f"{word} " for word in islice(chain(words, cycle(FILLER)), length)]


@dataclass(frozen=True, slots=True)
class _Endless:
    """The words, and filler for ever."""

    words: list[str]

    def __iter__(self) -> Iterator[str]:
        return (f"{word} " for word in chain(self.words, cycle(FILLER)))


def _nonces(asked: Asked) -> list[str]:
    """The nonces of the prompt, each once."""
    return list(dict.fromkeys(NONCE.findall(asked.prompt)))


def _cut(text: str) -> list[str]:
    """The text in pieces of a token each."""
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]


def _dump(value: Any) -> str:
    """A value as JSON text."""
    return msgspec.json.encode(value).decode()
