"""One candidate of Gemini's as it comes, whole or piece by piece.

A text grows as long as nothing else comes between. The signature of a text
becomes a thought of its own behind it, of which nothing is shown: so it
survives with callers whose texts have no place for one.
"""

from collections.abc import Iterator
from hashlib import blake2s
from typing import Final

import msgspec

from optipath_router.chat.answer import ChoiceEnded, Delta, PartBegun, PartGrown
from optipath_router.chat.conversation import Audio, Hosted, Image, Part, Reasoning, Text, ToolCall, Wire
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.gemini import wire
from optipath_router.providers.gemini.citations import citations
from optipath_router.providers.gemini.finish import finish_of, reason
from optipath_router.providers.gemini.logprobs import logprobs_of
from optipath_router.providers.gemini.partial_call import PartialCall

_MAX_REMEMBERED: Final = 256 * 1024
"""Characters of a text that are kept for the places of citations."""


class Choice:
    """A candidate, up to where it has come."""

    __slots__ = ("_called", "_grounding", "_growing", "_number", "_partial", "_parts", "_remembered", "_texts", "ended")

    def __init__(self, number: int) -> None:
        self._number = number
        self._parts = 0
        self._growing: type[Text | Reasoning] | None = None
        self._partial: PartialCall | None = None
        self._called = self.ended = False
        self._grounding: object = None
        self._texts: list[tuple[int, list[str]]] = []
        self._remembered = 0

    def read(self, candidate: wire.Candidate, answer: str) -> Iterator[Delta]:
        """What a piece of it says; `answer` is the id of the whole."""
        if self.ended:
            return
        for part in (candidate.content and candidate.content.parts) or ():
            yield from self._read(part, answer)
        if candidate.logprobs_result is not None and self._texts:
            yield PartGrown(self._number, self._texts[-1][0], logprobs=logprobs_of(candidate.logprobs_result))
        if candidate.grounding_metadata:
            self._grounding = candidate.grounding_metadata
        if told := reason(candidate.finish_reason):
            yield from self._end(told, answer)

    def _read(self, part: wire.Part, answer: str) -> Iterator[Delta]:
        signature = part.thought_signature
        if part.text is not None:
            if part.text:
                yield self._said(part.text, Reasoning if part.thought else Text)
            if signature and part.thought and self._growing is Reasoning:
                yield PartGrown(self._number, self._parts - 1, signature=signature)
                self._growing = None
            elif signature:
                yield self._begun(Reasoning(signature=signature, summary=True, wire=Wire.GEMINI))
        elif part.function_call is not None:
            yield from self._call(part.function_call, signature, answer)
        elif part.inline_data is not None:
            yield self._begun(_made(part.inline_data))
        elif (hosted := _hosted(part)) is not None:
            yield self._begun(hosted)

    def _said(self, text: str, kind: type[Text | Reasoning]) -> Delta:
        """More of the text, or of the thought, that is being said; or a new one."""
        if kind is Text and self._remembered < _MAX_REMEMBERED:
            self._remembered += len(text)
            if self._growing is kind:
                self._texts[-1][1].append(text)
            else:
                self._texts.append((self._parts, [text]))
        if self._growing is kind:
            return PartGrown(self._number, self._parts - 1, text)
        begun = self._begun(Text(text) if kind is Text else Reasoning(text, summary=True, wire=Wire.GEMINI))
        self._growing = kind
        return begun

    def _begun(self, part: Part) -> PartBegun:
        self._growing = None
        self._parts += 1
        return PartBegun(self._number, self._parts - 1, part)

    def _call(self, call: wire.FunctionCall, signature: str | None, answer: str) -> Iterator[Delta]:
        """A call, once all of it has come."""
        if call.name:
            yield from self._complete(answer)
            if not call.will_continue and not call.partial_args:
                yield self._called_for(call.name, call.id, _compact(call.args), signature, answer)
                return
            self._partial = PartialCall(call.name, call.id, signature)
        if self._partial is not None:
            self._partial.add(call.partial_args)
            if not call.will_continue:
                yield from self._complete(answer)

    def _complete(self, answer: str) -> Iterator[Delta]:
        """The call that came in pieces, if there is one."""
        partial, self._partial = self._partial, None
        if partial is not None:
            yield self._called_for(partial.name, partial.id, partial.arguments, partial.signature, answer)

    def _called_for(self, name: str, told: object, arguments: str, signature: str | None, answer: str) -> Delta:
        self._called = True
        told_id = told if isinstance(told, str) and told else self._id(name, answer)
        return self._begun(ToolCall(told_id, name, arguments, signature=signature))

    def _id(self, name: str, answer: str) -> str:
        """An id for a call that has none: the same for the same call, and another in every answer."""
        seed = f"{answer}/{self._number}/{self._parts}/{name}"
        return f"call_{blake2s(seed.encode(), digest_size=12).hexdigest()}"

    def _end(self, told: str, answer: str) -> Iterator[Delta]:
        yield from self._complete(answer)
        if self._grounding is not None:
            said = [(part, "".join(pieces)) for part, pieces in self._texts]
            for part, citation in citations(self._grounding, said):
                yield PartGrown(self._number, part, citation=citation)
        self.ended = True
        yield ChoiceEnded(self._number, finish_of(told, calls=self._called), told)


def _compact(arguments: msgspec.Raw) -> str:
    """Arguments to the letter, without the white space that Gemini writes between them."""
    text = bytes(arguments)
    return msgspec.json.format(text, indent=-1).decode() if text and text != b"null" else "{}"


def _made(blob: wire.Blob) -> Part:
    kind, _, form = blob.mime_type.partition("/")
    if kind == "audio":
        return Audio(data=blob.data, format=form)
    return Image(data=blob.data, media_type=blob.mime_type)


def _hosted(part: wire.Part) -> Hosted | None:
    """A call of a tool that Gemini runs, or its result; None where the part is of another kind."""
    members = (part.executable_code, part.code_execution_result, part.tool_call, part.tool_response)
    told = next((member for member in members if member is not None), None)
    if told is None:
        return None
    kind = told.get("toolType") if isinstance(told, dict) else None
    try:
        raw = msgspec.json.encode(part)
    except RecursionError as error:
        raise UpstreamBroken(Outcome.BROKEN, "a part of the answer is nested too deep") from error
    return Hosted(Wire.GEMINI, msgspec.Raw(raw), kind.lower() if isinstance(kind, str) else "code_execution")
