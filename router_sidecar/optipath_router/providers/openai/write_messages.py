"""Messages for a provider of the family, in as plain a form as says the same: not every template takes lists."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import (
    Audio,
    CacheMark,
    Document,
    Hosted,
    Image,
    Message,
    Part,
    Reasoning,
    Refusal,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Wire,
    data_url,
)
from optipath_router.providers.members import said_again
from optipath_router.providers.openai.call_ids import call_id
from optipath_router.providers.openai.family import Documents, Family, Thoughts
from optipath_router.providers.openai.parts import told_apart
from optipath_router.providers.openai.thoughts import is_plain, write_details
from optipath_router.providers.openai.written import Written, image_url, write_call, write_citation, write_mark
from optipath_snapshot import Saying

_BETWEEN: Final = {Role.SYSTEM: "\n\n", Role.DEVELOPER: "\n\n", Role.TOOL: "\n", Role.ASSISTANT: ""}
"""What stands between texts that become one. Those of users stay apart."""


class MessageWriter:
    """Writes the messages of one chat."""

    def __init__(self, chat: Chat, family: Family) -> None:
        self._family, self._sayings = family, family.sayings
        self._again = chat.wire is Wire.CHAT
        self._legacy = chat.legacy_functions and family.functions
        self._last = chat.messages[-1] if chat.messages else None

    def message(self, message: Message) -> Iterator[Written]:
        """A message as one or more: each result of a tool is one by itself, and stands before what is said with it."""
        others = tuple(part for part in message.parts if not isinstance(part, ToolResult))
        for part in message.parts:
            if isinstance(part, ToolResult):
                yield self._result(part, message)
        if len(others) < len(message.parts) and not others:
            return
        role = Role.USER if message.role is Role.TOOL else message.role
        written = self._assistant(message, others) if role is Role.ASSISTANT else self._said(message, role, others)
        # Of a message in another format, all may be lost: nobody takes an empty one.
        if self._again or any(written.get(name) for name in ("content", "tool_calls", "refusal", "audio")):
            yield written

    def _said(self, message: Message, role: Role, parts: tuple[Part, ...]) -> Written:
        if role is Role.DEVELOPER and not self._family.developer:
            role = Role.SYSTEM
        content = self._content(parts, role, plain=message.plain)
        return {"role": role, "content": [] if content is None else content, **self._more(message)}

    def _assistant(self, message: Message, parts: tuple[Part, ...]) -> Written:
        written: Written = {"role": Role.ASSISTANT}
        thoughts = [part for part in parts if isinstance(part, Reasoning) and part.wire in (None, Wire.CHAT)]
        refusal = "".join(part.text for part in parts if isinstance(part, Refusal))
        spoken: tuple[Part, ...] = tuple(part for part in parts if isinstance(part, Text | Hosted))
        if refusal and not self._family.refusals:
            spoken = (*spoken, Text(refusal))
        if self._family.thoughts is Thoughts.CONTENT:
            spoken = (*thoughts, *spoken)
        written["content"] = self._content(spoken, Role.ASSISTANT, plain=message.plain)
        calls = [part for part in parts if isinstance(part, ToolCall)]
        written |= self._thoughts(thoughts, needed=bool(calls) and self._family.thoughts_with_calls)
        if refusal and self._family.refusals:
            written["refusal"] = refusal
        for part in parts:
            if isinstance(part, Audio) and part.id is not None:
                written["audio"] = {"id": part.id, **said_again(part.extra, Wire.CHAT)}
        written |= self._shown(parts) if self._again else {}
        written |= self._calls(calls)
        if message is self._last and Saying.PREFILL in self._sayings and written["content"]:
            written |= self._family.prefill_in_message
        return written | self._more(message)

    def _shown(self, parts: tuple[Part, ...]) -> Written:
        """What an answer had beside its words, as it was sent back."""
        images = [{"type": "image_url", "image_url": {"url": image_url(part)}} for part in parts if type(part) is Image]
        cited = [citation for part in parts if isinstance(part, Text) for citation in part.citations]
        annotations = [{"type": "url_citation", "url_citation": write_citation(citation)} for citation in cited]
        return {**({"images": images} if images else {}), **({"annotations": annotations} if annotations else {})}

    def _more(self, message: Message) -> Written:
        name = {"name": message.name} if message.name is not None and Saying.NAMES in self._sayings else {}
        return name | said_again(message.extra, Wire.CHAT)

    def _result(self, result: ToolResult, message: Message) -> Written:
        rich = self._again or Saying.RICH_RESULTS in self._sayings
        told = result.parts if rich else tuple(part for part in result.parts if isinstance(part, Text))
        content = self._content(told, Role.TOOL, plain=message.plain)
        named = {"name": result.name} if result.name is not None else {}
        written = {"role": Role.TOOL, "tool_call_id": call_id(result.call_id, self._family)}
        if self._legacy:
            written = {"role": "function"}
        again = said_again(result.extra, Wire.CHAT) | said_again(message.extra, Wire.CHAT)
        return written | {"content": "" if content is None else content} | named | again

    def _thoughts(self, thoughts: list[Reasoning], *, needed: bool) -> Written:
        text = "".join(thought.text for thought in thoughts)
        match self._family.thoughts:
            case Thoughts.NOWHERE | Thoughts.CONTENT:
                return {}
            case Thoughts.REASONING_CONTENT:
                return {"reasoning_content": text} if text or needed else {}
            case Thoughts.REASONING | Thoughts.DETAILS:
                written: Written = {"reasoning": text} if text else {}
                if self._family.thoughts is Thoughts.DETAILS and not all(map(is_plain, thoughts)):
                    written["reasoning_details"] = write_details(thoughts)
                return written

    def _calls(self, calls: list[ToolCall]) -> Written:
        if not calls:
            return {}
        if self._legacy:
            call = calls[-1]
            return {"function_call": {"name": call.name, "arguments": call.arguments}}
        return {
            "tool_calls": [
                write_call(msgspec.structs.replace(call, id=call_id(call.id, self._family))) for call in calls
            ]
        }

    def _content(self, parts: Iterable[Part], role: Role, *, plain: bool) -> str | list[Written | msgspec.Raw] | None:
        """A content; None where there is none."""
        told = [part for part in parts if self._sayable(part)]
        if not told:
            return None
        texts = [part for part in told if isinstance(part, Text)]
        as_text = len(texts) == len(told) and (plain or not self._again) and not self._marked(texts)
        if as_text and (len(texts) == 1 or role in _BETWEEN):
            return _BETWEEN.get(role, "").join(text.text for text in texts)
        return [self._part(part) for part in told]

    def _marked(self, texts: list[Text]) -> bool:
        return Saying.CACHE_MARKS in self._sayings and any(text.cache for text in texts)

    def _sayable(self, part: Part) -> bool:
        """Whether a part of a content can be said; what cannot was asked for before."""
        match part:
            case Text() | Reasoning() | Refusal():
                return True
            case Image():
                known = Saying.IMAGE_DATA if part.data is not None else Saying.IMAGE_URL
                return self._again or (known in self._sayings and (part.data is not None or part.url is not None))
            case Document():
                return self._sayable_document(part)
            case Audio():
                return part.data is not None and (self._again or Saying.AUDIO_INPUT in self._sayings)
            case Hosted():
                return part.wire is Wire.CHAT
            case ToolCall() | ToolResult():
                return False

    def _sayable_document(self, document: Document) -> bool:
        if document.text is not None or self._again:
            return True
        known = Saying.DOCUMENT_DATA if document.data is not None else Saying.DOCUMENT_URL
        return known in self._sayings and (document.data is not None or document.url is not None)

    def _part(self, part: Part) -> Written | msgspec.Raw:
        written: Written = {}
        match part:
            case Text():
                written = {"type": "text", "text": part.text, **self._mark(part.cache), **_again(part)}
            case Refusal():
                written = {"type": "refusal", "refusal": part.text, **_again(part)}
            case Image():
                outer, inner = told_apart(part.extra, "image_url")
                told = {"url": image_url(part), **({"detail": part.detail} if part.detail is not None else {}), **inner}
                written = {"type": "image_url", "image_url": told, **self._mark(part.cache), **outer}
            case Audio():
                outer, inner = told_apart(part.extra, "input_audio")
                form = {} if part.format is None else {"format": part.format}
                written = {"type": "input_audio", "input_audio": {"data": part.data, **form, **inner}, **outer}
            case Document():
                written = self._document(part)
            case Reasoning():
                proof = {} if part.signature is None else {"signature": part.signature}
                thinking = [{"type": "text", "text": part.text}]
                written = {"type": "thinking", "thinking": thinking, **proof, **_again(part)}
            case Hosted():
                return part.raw
            case ToolCall() | ToolResult():
                pass  # `_sayable` leaves none
        return written

    def _document(self, part: Document) -> Written:
        if part.text is not None:
            title = f"{part.name}\n\n" if part.name else ""
            return {"type": "text", "text": title + part.text, **self._mark(part.cache)}
        name = {} if part.name is None else {"filename": part.name}
        if self._family.documents is Documents.DOCUMENT_URL and part.url is not None:
            named = {} if part.name is None else {"document_name": part.name}
            return {"type": "document_url", "document_url": part.url, **named, **said_again(part.extra, Wire.CHAT)}
        if self._family.documents is Documents.FILE_URL and (part.url or part.data):
            outer, inner = told_apart(part.extra, "file_url")
            named = {} if part.name is None else {"file_name": part.name}
            return {"type": "file_url", "file_url": {"url": part.url or part.data, **inner}, **named, **outer}
        outer, inner = told_apart(part.extra, "file")
        told = part.url
        if part.data is not None:
            told = part.data if part.media_type is None else data_url(part.media_type, part.data)
        data = {} if told is None else {"file_data": told}
        file_id = {} if part.file_id is None else {"file_id": part.file_id}
        return {"type": "file", "file": {**data, **file_id, **name, **inner}, **self._mark(part.cache), **outer}

    def _mark(self, cache: CacheMark | None) -> Written:
        if Saying.CACHE_MARKS not in self._sayings:
            return {}
        return write_mark(cache)


def _again(part: Text | Refusal | Reasoning) -> Written:
    return said_again(part.extra, Wire.CHAT)
