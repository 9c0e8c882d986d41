"""Every codec that the kit asks: a provider's, and how one says an answer; a caller's, and what one sees."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from optipath_router.chat.answer import Answer, Finish
from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import Reasoning, Text, ToolCall, Wire
from optipath_router.providers.anthropic.codec import MESSAGES_CALLER, MESSAGES_PROVIDER
from optipath_router.providers.codec import CallerCodec, ProviderCodec
from optipath_router.providers.gemini.codec import GEMINI
from optipath_router.providers.ollama.codec import OLLAMA
from optipath_router.providers.openai.codec import CALLER as CHAT_CALLER
from optipath_router.providers.openai.codec import CODECS
from optipath_router.providers.responses.codec import CALLER as RESPONSES_CALLER
from optipath_router.providers.responses.codec import PROVIDER as RESPONSES_PROVIDER
from optipath_router.providers.sse import SseParser
from support import said
from support.kit.answers import MODEL, USAGE, deltas

Json = dict[str, Any]


@dataclass(frozen=True)
class Provider:
    """A provider's codec, with a provider that speaks so."""

    codec: ProviderCodec
    wire: Wire
    whole: Callable[[Answer], bytes]
    """The body by which it gives an answer."""
    events: Callable[[Answer], list[bytes]]
    """The events by which it streams one; joined, they are the stream."""
    error: bytes
    """The body by which it says that it failed."""
    failing: bytes
    """The event that says so inside a stream."""


@dataclass(frozen=True)
class Caller:
    """A caller's codec, with a caller who reads by the plainest means."""

    codec: CallerCodec
    provider: str
    """The one among PROVIDERS that speaks the same."""
    see: Callable[..., said.Seen]
    finishes: Mapping[Finish, str]
    """The words by which the caller must see that an answer ended."""


def _by(caller: CallerCodec, wire: Wire) -> tuple[Callable[[Answer], bytes], Callable[[Answer], list[bytes]]]:
    """A provider that says what our own writers write."""
    chat = Chat(wire, ())

    def whole(answer: Answer) -> bytes:
        return caller.write_answer(answer, chat)

    def events(answer: Answer) -> list[bytes]:
        writer = caller.writer(chat, tells_usage=True)
        stream = b"".join(map(writer.write, deltas(answer))) + writer.end()
        return [message.raw for message in SseParser().feed(stream)]

    return whole, events


def _gemini(*parts: Json, **told: Any) -> bytes:
    content = {"role": "model", "parts": list(parts)}
    finish = {"finishReason": told.pop("finish")} if "finish" in told else {}
    return json.dumps(
        {"candidates": [{"content": content, "index": 0, **finish}], "modelVersion": MODEL, "responseId": "a-1", **told}
    ).encode()


def _gemini_parts(answer: Answer) -> list[Json]:
    told: list[Json] = []
    for part in answer.choices[0].parts:
        match part:
            case Text(text=text):
                told.append({"text": text})
            case Reasoning(text=text):
                told.append({"text": text, "thought": True})
            case ToolCall(id=id_, name=name, arguments=arguments):
                told.append({"functionCall": {"id": id_, "name": name, "args": json.loads(arguments)}})
            case _:
                raise AssertionError(part)
    return told


def _gemini_end(answer: Answer) -> Json:
    return {
        "finish": "MAX_TOKENS" if answer.choices[0].finish is Finish.LENGTH else "STOP",
        "usageMetadata": {"promptTokenCount": USAGE.input_tokens, "candidatesTokenCount": USAGE.output_tokens},
    }


def _gemini_whole(answer: Answer) -> bytes:
    return _gemini(*_gemini_parts(answer), **_gemini_end(answer))


def _gemini_events(answer: Answer) -> list[bytes]:
    told: list[bytes] = []
    for part in _gemini_parts(answer):
        pieces = [{**part, "text": letter} for letter in part["text"]] if "text" in part else [part]
        told.extend(_gemini(piece) for piece in pieces)
    return [b"data: " + each + b"\r\n\r\n" for each in (*told, _gemini({"text": ""}, **_gemini_end(answer)))]


def _ollama(message: Json, *, end: Answer | None = None) -> bytes:
    told: Json = {"model": MODEL, "created_at": "2025-06-09T17:58:57.045402Z", "done": end is not None}
    told["message"] = {"role": "assistant", "content": "", **message}
    if end is not None:
        told["done_reason"] = "length" if end.choices[0].finish is Finish.LENGTH else "stop"
        told |= {"prompt_eval_count": USAGE.input_tokens, "eval_count": USAGE.output_tokens}
    return json.dumps(told).encode() + b"\n"


def _ollama_messages(answer: Answer) -> list[Json]:
    told: list[Json] = []
    for part in answer.choices[0].parts:
        match part:
            case Text(text=text):
                told.append({"content": text})
            case Reasoning(text=text):
                told.append({"thinking": text})
            case ToolCall(name=name, arguments=arguments):
                told.append({"tool_calls": [{"function": {"name": name, "arguments": json.loads(arguments)}}]})
            case _:
                raise AssertionError(part)
    return told


def _ollama_whole(answer: Answer) -> bytes:
    whole: Json = {}
    for message in _ollama_messages(answer):
        for name, value in message.items():
            whole[name] = [*whole.get(name, []), *value] if name == "tool_calls" else whole.get(name, "") + value
    return _ollama(whole, end=answer)


def _ollama_events(answer: Answer) -> list[bytes]:
    told: list[bytes] = []
    for message in _ollama_messages(answer):
        for name, value in message.items():
            told.extend(_ollama({name: [piece] if name == "tool_calls" else piece}) for piece in value)
    return [*told, _ollama({}, end=answer)]


_CHAT: Final = (
    *_by(CHAT_CALLER, Wire.CHAT),
    b'{"error":{"message":"no","type":"server_error"}}',
    b'data: {"error":{"message":"no","type":"server_error"}}\n\n',
)
PROVIDERS: Final[Mapping[str, Provider]] = {
    **{f"{name}'s chats": Provider(codec, Wire.CHAT, *_CHAT) for name, codec in CODECS.items()},
    "Responses": Provider(
        RESPONSES_PROVIDER,
        Wire.RESPONSES,
        *_by(RESPONSES_CALLER, Wire.RESPONSES),
        b'{"error":{"message":"no","code":"server_error"}}',
        b'event: error\ndata: {"type":"error","code":"server_error","message":"no","param":null}\n\n',
    ),
    "Messages": Provider(
        MESSAGES_PROVIDER,
        Wire.MESSAGES,
        *_by(MESSAGES_CALLER, Wire.MESSAGES),
        b'{"type":"error","error":{"type":"overloaded_error","message":"no"}}',
        b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"no"}}\n\n',
    ),
    "Gemini": Provider(
        GEMINI,
        Wire.GEMINI,
        _gemini_whole,
        _gemini_events,
        b'{"error":{"code":503,"message":"no","status":"UNAVAILABLE"}}',
        b'data: {"error":{"code":503,"message":"no","status":"UNAVAILABLE"}}\r\n\r\n',
    ),
    "Ollama": Provider(OLLAMA, Wire.OLLAMA, _ollama_whole, _ollama_events, b'{"error":"no"}', b'{"error":"no"}\n'),
}
CALLERS: Final[Mapping[str, Caller]] = {
    "chats": Caller(
        CHAT_CALLER,
        "OpenAI's chats",
        said.chat,
        {Finish.STOP: "stop", Finish.LENGTH: "length", Finish.TOOL_CALLS: "tool_calls"},
    ),
    "Messages": Caller(
        MESSAGES_CALLER,
        "Messages",
        said.messages,
        {Finish.STOP: "end_turn", Finish.LENGTH: "max_tokens", Finish.TOOL_CALLS: "tool_use"},
    ),
    "Responses": Caller(
        RESPONSES_CALLER,
        "Responses",
        said.responses,
        {Finish.STOP: "completed", Finish.LENGTH: "incomplete", Finish.TOOL_CALLS: "completed"},
    ),
}
