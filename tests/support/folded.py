"""The whole answer that the deltas of a stream make."""

from collections.abc import Iterable

import msgspec

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
from optipath_router.chat.conversation import Part, Reasoning, Text, ToolCall


def folded(deltas: Iterable[Delta]) -> Answer:
    """The first choice of an answer, as it stands when these deltas have come."""
    answer, choice = Answer(()), Choice((), Finish.OTHER)
    parts: list[Part] = []
    places: dict[int, int] = {}
    for delta in deltas:
        match delta:
            case Opened(id=id_, model=model, created=created, usage=usage):
                answer = Answer((), id_, model, created, usage)
            case PartBegun(part=part, what=what):
                places[part] = len(parts)
                parts.append(what)
            case PartGrown(part=part):
                parts[places[part]] = _grown(parts[places[part]], delta)
            case HostedTold(hosted=hosted):
                parts.append(hosted)
            case ChoiceEnded(finish=finish, told=told, stop_sequence=stop_sequence, extra=extra):
                choice = Choice((), finish, told, stop_sequence, extra=extra)
            case Told(usage=usage):
                answer = msgspec.structs.replace(answer, usage=usage)
            case Failing(body=body):
                raise AssertionError(body)
    return msgspec.structs.replace(answer, choices=(msgspec.structs.replace(choice, parts=tuple(parts)),))


def _grown(part: Part, more: PartGrown) -> Part:
    match part:
        case Text(text=text, citations=citations):
            cited = (*citations, more.citation) if more.citation is not None else citations
            return msgspec.structs.replace(part, text=text + more.text, citations=cited)
        case Reasoning(text=text, signature=signature):
            signature = more.signature if more.signature is not None else signature
            return msgspec.structs.replace(part, text=text + more.text, signature=signature)
        case ToolCall(arguments=arguments):
            return msgspec.structs.replace(part, arguments=arguments + more.text)
        case _:
            raise AssertionError(part)
