"""A streamed answer for a caller who speaks OpenAI's chat format."""

from typing import Any, Final

import msgspec

from optipath_router.chat.answer import ChoiceEnded, Delta, Failing, HostedTold, Opened, PartBegun, PartGrown, Told
from optipath_router.chat.conversation import (
    Audio,
    Document,
    Hosted,
    Image,
    Part,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    ToolResult,
)
from optipath_router.chat.usage import Usage
from optipath_router.providers.openai.finish import write_finish
from optipath_router.providers.openai.thoughts import is_plain, write_detail
from optipath_router.providers.openai.usage import write_usage
from optipath_router.providers.openai.write_answer import write_annotations, write_audio, write_image
from optipath_router.providers.openai.written import write_call

END: Final = b"data: [DONE]\n\n"

_encode: Final = msgspec.json.Encoder().encode


class _Choice:
    """What was written of one choice."""

    __slots__ = ("calls", "detailed", "open", "refused", "thoughts", "written")

    def __init__(self) -> None:
        self.open: dict[int, tuple[Part, int]] = {}
        """By their numbers, the parts that have begun, and the place of each among those of its kind."""
        self.written = 0
        """Characters of text."""
        self.calls = self.thoughts = 0
        self.refused = False
        self.detailed: set[int] = set()
        """Places of the thoughts whose details have begun."""


class OpenAIAnswerWriter:
    """Writes chat completion chunks. The role stands in the first one of each choice."""

    __slots__ = ("_choices", "_head", "_legacy", "_tells_usage", "_usage")

    def __init__(self, *, legacy: bool = False, tells_usage: bool) -> None:
        """Take whether tools are told as functions, and whether the caller wants to know the usage."""
        self._legacy, self._tells_usage = legacy, tells_usage
        self._head = _head(Opened())
        self._choices: dict[int, _Choice] = {}
        self._usage: Usage | None = None

    def write(self, delta: Delta) -> bytes:
        """The chunk that says a delta; empty where there is none for it."""
        match delta:
            case PartGrown():
                return self._grown(delta)
            case PartBegun():
                return self._begun(delta)
            case ChoiceEnded():
                return self._ended(delta)
            case Opened():
                self._head, self._usage = _head(delta), delta.usage
                return b""
            case Told():
                self._usage = delta.usage
                return b""
            case HostedTold() | Failing():
                return b""

    def end(self) -> bytes:
        """The usage, where it is wanted and known, and the end mark."""
        if not self._tells_usage or self._usage is None:
            return END
        return b'%b[],"usage":%b}\n\n%b' % (self._head, _encode(write_usage(self._usage)), END)

    def _begun(self, begun: PartBegun) -> bytes:
        choice, role = self._choice(begun.choice)
        return self._chunk(begun.choice, role | self._new(choice, begun.part, begun.what))

    def _new(self, choice: _Choice, number: int, part: Part) -> dict[str, Any]:
        """What a part says as it begins."""
        place = 0
        written: dict[str, Any] = {}
        match part:
            case Text():
                place, choice.written = choice.written, choice.written + len(part.text)
                written = {"content": part.text}
                if part.citations:
                    written["annotations"] = _annotations(part, place)
            case Refusal():
                choice.refused = True
                written = {"refusal": part.text}
            case Reasoning():
                place, choice.thoughts = choice.thoughts, choice.thoughts + 1
                written = _thought(part, place, choice.detailed, begins=True)
            case ToolCall():
                place, choice.calls = choice.calls, choice.calls + 1
                written = self._call(part, place)
            case Audio():
                written = {"audio": write_audio(part)}
            case Image():
                written = {"images": [write_image(part)]}
            case Document() | Hosted() | ToolResult():
                pass  # no answer in this format has any
        choice.open[number] = (part, place)
        return written

    def _grown(self, grown: PartGrown) -> bytes:
        choice = self._choices.get(grown.choice)
        if choice is None or grown.part not in choice.open:
            return b""
        part, place = choice.open[grown.part]
        if type(part) is Text:
            choice.written += len(grown.text)
            if grown.logprobs is None and grown.citation is None:  # nearly all of them
                return b'%b[{"index":%d,"delta":{"content":%b},"finish_reason":null}]}\n\n' % (
                    self._head,
                    grown.choice,
                    _encode(grown.text),
                )
        return self._chunk(grown.choice, self._more(choice, part, place, grown), logprobs=grown.logprobs)

    def _more(self, choice: _Choice, part: Part, place: int, grown: PartGrown) -> dict[str, Any]:
        """What a part says as it grows."""
        written: dict[str, Any] = {}
        match part:
            case Text():
                cited = () if grown.citation is None else (grown.citation,)
                written = {"content": grown.text} if grown.text or not cited else {}
                if cited:
                    written["annotations"] = _annotations(Text("", cited), place)
            case Refusal():
                written = {"refusal": grown.text}
            case Reasoning():
                more = msgspec.structs.replace(
                    part, text=grown.text, signature=grown.signature, hidden=grown.hidden, id=None
                )
                written = _thought(more, place, choice.detailed, begins=False, plain=is_plain(part))
            case ToolCall() if self._legacy:
                written = {"function_call": {"arguments": grown.text}} if place == 0 else {}
            case ToolCall():
                kind, words = ("custom", "input") if part.custom else ("function", "arguments")
                written = {"tool_calls": [{"index": place, kind: {words: grown.text}}]}
            case Audio():
                written = {"audio": write_audio(Audio(grown.data or None, transcript=grown.text or None))}
            case Image() | Document() | Hosted() | ToolResult():
                pass  # they come whole
        return written

    def _ended(self, ended: ChoiceEnded) -> bytes:
        choice, role = self._choice(ended.choice)
        finish = write_finish(ended.finish, legacy=self._legacy, refused=choice.refused)
        return self._chunk(ended.choice, role, finish)

    def _call(self, call: ToolCall, place: int) -> dict[str, Any]:
        if not self._legacy:
            return {"tool_calls": [{"index": place, **write_call(call)}]}
        return {"function_call": {"name": call.name, "arguments": call.arguments}} if place == 0 else {}

    def _choice(self, index: int) -> tuple[_Choice, dict[str, Any]]:
        """A choice, and the role where nothing of it was written yet."""
        choice = self._choices.get(index)
        if choice is not None:
            return choice, {}
        choice = self._choices[index] = _Choice()
        return choice, {"role": "assistant"}

    def _chunk(
        self,
        index: int,
        delta: dict[str, Any],
        finish: str | None = None,
        *,
        logprobs: msgspec.Raw | None = None,
    ) -> bytes:
        if not delta and finish is None and logprobs is None:
            return b""
        choice = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish}
        if logprobs is None:
            del choice["logprobs"]
        return b"%b[%b]}\n\n" % (self._head, _encode(choice))


def _head(opened: Opened) -> bytes:
    """What each chunk begins with, up to its choices."""
    told = {
        "id": opened.id,
        "object": "chat.completion.chunk",
        "created": opened.created or 0,
        "model": opened.model,
    }
    return b'data: %b,"choices":' % _encode(told)[:-1]


def _thought(
    thought: Reasoning, place: int, detailed: set[int], *, begins: bool, plain: bool = False
) -> dict[str, Any]:
    """A thought, or a piece of one: with its details where they say more than its text does.

    OpenAI's SDK puts pieces together by adding texts up, so that what does not grow is said once.
    """
    written: dict[str, Any] = {"reasoning_content": thought.text} if thought.text else {}
    if (plain or begins) and is_plain(thought):
        return written
    if begins and not (thought.text or thought.signature or thought.hidden or thought.id):
        return written
    goes_on = place in detailed
    detailed.add(place)
    return written | {"reasoning_details": list(write_detail(thought, place, goes_on=goes_on))}


def _annotations(text: Text, place: int) -> list[dict[str, Any]]:
    """Citations of a text that begins at a place."""
    before = Text(" " * place)
    return write_annotations([before, text])
