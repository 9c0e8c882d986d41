"""Deltas put together again: a stream, and the whole answer that it means."""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from optipath_router.chat.answer import (
    Answer,
    Choice,
    ChoiceEnded,
    Delta,
    Failing,
    Finish,
    HostedTold,
    Opened,
    PartBegun,
    PartGrown,
    Told,
)
from optipath_router.chat.conversation import Audio, Part, Reasoning, Refusal, Text, ToolCall


def fold(deltas: Iterable[Delta]) -> Answer:
    """The whole answer that deltas tell of; its choices are numbered in a row."""
    answer, parts, ends = Answer(()), dict[int, list[Part]](), dict[int, ChoiceEnded]()
    logprobs: dict[int, list[msgspec.Raw]] = {}
    for delta in deltas:
        match delta:
            case Opened(id=name, model=model, created=created, usage=usage):
                answer = replace(answer, id=name, model=model, created=created, usage=usage)
            case PartBegun(choice=choice, part=number, what=what):
                assert number == len(parts.setdefault(choice, [])), "parts are numbered as they begin"
                parts[choice].append(what)
            case PartGrown(choice=choice, part=number):
                parts[choice][number] = _grown(parts[choice][number], delta)
                if delta.logprobs is not None:
                    logprobs.setdefault(choice, []).append(delta.logprobs)
            case ChoiceEnded(choice=choice):
                assert choice not in ends, "a choice ends once"
                ends[choice] = delta
            case Told(usage=usage):
                answer = replace(answer, usage=usage)
            case HostedTold():
                pass
            case Failing():
                raise AssertionError(f"it failed: {delta.body!r}")
    numbers = range(max((*parts, *ends), default=-1) + 1)
    return replace(answer, choices=tuple(_choice(n, parts, ends, logprobs) for n in numbers))


def _choice(
    number: int,
    parts: dict[int, list[Part]],
    ends: dict[int, ChoiceEnded],
    logprobs: dict[int, list[msgspec.Raw]],
) -> Choice:
    end = ends.get(number, ChoiceEnded(number, Finish.OTHER))
    tokens = [token for each in logprobs.get(number, []) for token in msgspec.json.decode(each)["content"]]
    kept = msgspec.Raw(msgspec.json.encode({"content": tokens, "refusal": None})) if tokens else None
    return Choice(tuple(parts.get(number, ())), end.finish, end.told, end.stop_sequence, kept)


def _grown(part: Part, grown: PartGrown) -> Part:
    match part:
        case ToolCall():
            signature = grown.signature or part.signature
            return replace(part, arguments=part.arguments + grown.text, signature=signature)
        case Reasoning():
            return replace(part, text=part.text + grown.text, signature=grown.signature or part.signature)
        case Text():
            cited = (*part.citations, grown.citation) if grown.citation else part.citations
            return replace(part, text=part.text + grown.text, citations=cited)
        case Refusal():
            return replace(part, text=part.text + grown.text)
        case Audio():
            return replace(part, data=(part.data or "") + grown.text)
        case _:
            raise AssertionError(f"{part} grew")
