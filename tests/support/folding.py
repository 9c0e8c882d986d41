"""Deltas folded into the answer that they are."""

from collections.abc import Iterable

import msgspec

from optipath_router.chat.answer import Answer, Choice, ChoiceEnded, Delta, Opened, PartBegun, PartGrown, Told
from optipath_router.chat.conversation import Audio, Part, Reasoning, Refusal, Text, ToolCall


def folded(deltas: Iterable[Delta]) -> Answer:
    opened, usage = Opened(), None
    parts: dict[int, dict[int, Part]] = {}
    ends: dict[int, ChoiceEnded] = {}
    logprobs: dict[int, list[msgspec.Raw]] = {}
    for delta in deltas:
        match delta:
            case Opened():
                opened, usage = delta, delta.usage
            case PartBegun():
                begun = parts.setdefault(delta.choice, {})
                assert delta.part == len(begun), "parts are numbered as they begin"
                assert delta.choice not in ends, "nothing is said after the end"
                begun[delta.part] = delta.what
            case PartGrown():
                assert delta.choice not in ends, "nothing is said after the end"
                parts[delta.choice][delta.part] = grown(parts[delta.choice][delta.part], delta)
                if delta.logprobs is not None:
                    logprobs.setdefault(delta.choice, []).append(delta.logprobs)
            case ChoiceEnded():
                assert delta.choice not in ends, "a choice ends once"
                ends[delta.choice] = delta
            case Told():
                usage = delta.usage
    return Answer(
        tuple(
            Choice(
                tuple(parts.get(index, {}).values()),
                end.finish,
                end.told,
                end.stop_sequence,
                joined(logprobs[index]) if index in logprobs else None,
            )
            for index, end in sorted(ends.items())
        ),
        opened.id,
        opened.model,
        opened.created,
        usage,
    )


def grown(part: Part, more: PartGrown) -> Part:
    match part:
        case ToolCall():
            return msgspec.structs.replace(part, arguments=part.arguments + more.text)
        case Reasoning():
            return msgspec.structs.replace(
                part,
                text=part.text + more.text,
                signature=more.signature or part.signature,
                hidden=more.hidden or part.hidden,
            )
        case Audio():
            data, transcript = (part.data or "") + more.data, (part.transcript or "") + more.text
            return msgspec.structs.replace(part, data=data or None, transcript=transcript or None)
        case Text():
            cited = () if more.citation is None else (more.citation,)
            return msgspec.structs.replace(part, text=part.text + more.text, citations=(*part.citations, *cited))
        case _:
            assert isinstance(part, Refusal), part
            return msgspec.structs.replace(part, text=part.text + more.text)


def joined(pieces: list[msgspec.Raw]) -> msgspec.Raw:
    """Log-probabilities of pieces as those of the whole."""
    whole: dict[str, list[object] | None] = {}
    for piece in pieces:
        for name, tokens in msgspec.json.decode(piece).items():
            whole[name] = tokens if whole.get(name) is None else [*(whole[name] or []), *(tokens or [])]
    return msgspec.Raw(msgspec.json.encode(whole))
