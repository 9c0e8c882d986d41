"""Gemini's recordings: their streams as we ask for them, and their requests as chats.

Callers do not speak Gemini to the router, so that its requests are read here
alone: what a provider took from others, we must be able to write.
"""

import json
import re
from typing import Any

from msgspec import Raw

from optipath_router.chat.chat import Chat, Choosing, HostedTool, JsonObject, JsonSchema, Thinking, Tool, ToolChoice
from optipath_router.chat.conversation import (
    Audio,
    Document,
    Extra,
    Hosted,
    Image,
    Message,
    Part,
    Reasoning,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Wire,
)
from support.wire import Exchange, exchanges

Json = dict[str, Any]

_FREE = ("args", "response", "parametersJsonSchema", "responseJsonSchema", "labels")
_OTHER_NAMES = {"parameters": "parametersJsonSchema", "responseSchema": "responseJsonSchema"}


def streams() -> list[tuple[Exchange, bytes]]:
    """Recorded streams. Those that came as one JSON list are told as the events that `alt=sse` makes of them."""
    return [
        (each, _stream(each["response"]))
        for each in exchanges("gemini.generate")
        if "body_text" in each["response"] or isinstance(each["response"]["body"], list)
    ]


def answers() -> list[tuple[Exchange, bytes]]:
    """Recorded answers in one piece that are no errors."""
    return [
        (each, json.dumps(each["response"]["body"], indent=2).encode())
        for each in exchanges("gemini.generate")
        if each["response"]["status"] == 200 and isinstance(each["response"].get("body"), dict)
    ]


def pieces(exchange: Exchange) -> list[Json]:
    """What an answer was made of, read without our reader."""
    response = exchange["response"]
    if "body_text" in response:
        lines = (line for line in response["body_text"].splitlines() if line.startswith("data:"))
        return [json.loads(line.removeprefix("data:")) for line in lines]
    return response["body"] if isinstance(response["body"], list) else [response["body"]]


def parts(exchange: Exchange) -> list[Json]:
    """The parts of the first candidate, as they came."""
    candidates = [candidate for piece in pieces(exchange) for candidate in piece.get("candidates", ())[:1]]
    return [part for candidate in candidates for part in candidate.get("content", {}).get("parts", ())]


def requests() -> list[tuple[Exchange, str, Json]]:
    """Recorded requests that were answered, with their models and bodies, as `normal` tells them."""
    return [
        (each, _model(each["request"]["url"]), normal(each["request"]["body"]))
        for each in exchanges("gemini.generate")
        if each["request"] and each["response"]["status"] == 200 and each["request"].get("body")
    ]


def normal(body: Json) -> Json:
    """A request in the one of several ways to say the same that we have chosen."""
    told: Json = _camel(body)
    told.pop("model", None)
    told.get("systemInstruction", {}).pop("role", None)
    config = told.get("generationConfig", {})
    for name, default in (("candidateCount", 1), ("responseModalities", ["TEXT"])):
        if config.get(name) == default:
            del config[name]
    choice = told.pop("toolConfig", {}).get("functionCallingConfig", {})
    choice["mode"] = choice.get("mode", "AUTO").upper()
    if choice["mode"] != "AUTO":
        told["toolConfig"] = {"functionCallingConfig": choice}
    tools = told.pop("tools", [])
    told["tools"] = sorted(map(_tool, tools if isinstance(tools, list) else [tools]), key=_declares, reverse=True)
    contents: list[Json] = []
    for content in told["contents"]:
        content["parts"] = [part for part in content["parts"] if part != {"text": ""}]
        if contents and contents[-1]["role"] == content["role"]:
            contents[-1]["parts"] += content["parts"]
        else:
            contents.append(content)
    told["contents"] = contents
    return {name: value for name, value in told.items() if value not in ({}, [], None)}


def chat_of(body: Json) -> Chat:
    """The chat that a normal request is."""
    config = body.get("generationConfig", {})
    choice = body.get("toolConfig", {}).get("functionCallingConfig", {})
    strict = True if choice.get("mode") == "VALIDATED" else None
    system = [
        Message(Role.SYSTEM, (Text(each["text"]),)) for each in body.get("systemInstruction", {}).get("parts", ())
    ]
    spoken = [
        Message(Role.ASSISTANT if content["role"] == "model" else Role.USER, tuple(map(_said, content["parts"])))
        for content in body["contents"]
    ]
    extra: dict[str, Raw] = {
        name: _raw(body[name]) for name in ("safetySettings", "cachedContent", "labels") if name in body
    }
    return Chat(
        wire=Wire.GEMINI,
        messages=(*system, *spoken),
        tools=tuple(tool for each in body.get("tools", ()) for tool in _tools(each, strict=strict)),
        tool_choice=_choice(choice),
        max_tokens=config.get("maxOutputTokens"),
        temperature=config.get("temperature"),
        top_p=config.get("topP"),
        top_k=config.get("topK"),
        stop=tuple(config.get("stopSequences", ())),
        seed=config.get("seed"),
        presence_penalty=config.get("presencePenalty"),
        frequency_penalty=config.get("frequencyPenalty"),
        format=_format(config),
        thinking=_thinking(config.get("thinkingConfig")),
        extra=Extra(Wire.GEMINI, extra) if extra else None,
    )


def _stream(response: Json) -> bytes:
    if "body_text" in response:
        return response["body_text"].encode()  # type: ignore[no-any-return]
    return b"".join(b"data: " + json.dumps(each).encode() + b"\r\n\r\n" for each in response["body"])


def _model(url: str) -> str:
    found = re.search(r"models/([^/:?]+):", url)
    assert found, url
    return found[1]


def _camel(value: Any) -> Any:
    if isinstance(value, list):
        return list(map(_camel, value))
    if not isinstance(value, dict):
        return value
    told = {re.sub("_([a-z])", lambda letter: letter[1].upper(), name): inner for name, inner in value.items()}
    told = {_OTHER_NAMES.get(name, name): inner for name, inner in told.items()}
    return {name: inner if name in _FREE else _camel(inner) for name, inner in told.items()}


def _declares(tool: Json) -> bool:
    return "functionDeclarations" in tool


def _tool(told: Json) -> Json:
    declared = told.get("functionDeclarations")
    if declared is None:
        return told
    listed = declared if isinstance(declared, list) else [declared]
    return {"functionDeclarations": [_without_nulls(each) for each in listed]}


def _without_nulls(told: Json) -> Json:
    return {name: value for name, value in told.items() if value is not None}


def _said(part: Json) -> Part:
    match part:
        case {"text": text, "thought": True}:
            return Reasoning(text, part.get("thoughtSignature"), wire=Wire.GEMINI)
        case {"text": text}:
            return Text(text, extra=_extra(part, "text"))
        case {"functionCall": call}:
            return ToolCall(
                call.get("id") or "", call["name"], _json(call.get("args", {})), signature=part.get("thoughtSignature")
            )
        case {"functionResponse": told}:
            return _result(told)
        case {"inlineData": {"mimeType": kind, "data": data}} | {"fileData": {"mimeType": kind, "fileUri": data}}:
            return _file(kind, data, at="fileData" in part)
        case _:
            return Hosted(Wire.GEMINI, _raw(part))


def _result(told: Json) -> ToolResult:
    response = told["response"]
    failed = list(response) == ["error"] and isinstance(response["error"], str)
    plain = list(response) == ["output"] and isinstance(response["output"], str)
    text = response["error"] if failed else response["output"] if plain else _json(response)
    files = [_said(each) for each in told.get("parts", ())]
    parts = (*([Text(text)] if response or not files else []), *files)
    return ToolResult(told.get("id") or "", parts, failed, name=told["name"])  # type: ignore[arg-type]


def _file(kind: str, data: str, *, at: bool) -> Part:
    if at:
        return (Image if kind.startswith("image") else Document)(url=data, media_type=kind)
    if kind.startswith("audio"):
        return Audio(data=data, format="mp3" if kind == "audio/mpeg" else kind.partition("/")[2])
    return (Image if kind.startswith("image") else Document)(data=data, media_type=kind)


def _tools(told: Json, *, strict: bool | None) -> list[Tool | HostedTool]:
    if not _declares(told):
        return [HostedTool(Wire.GEMINI, _raw(told))]
    return [
        Tool(
            each["name"],
            each.get("description"),
            _raw(each["parametersJsonSchema"]) if "parametersJsonSchema" in each else None,
            strict,
        )
        for each in told["functionDeclarations"]
    ]


def _choice(told: Json) -> ToolChoice | None:
    names = tuple(told.get("allowedFunctionNames", ()))
    choosing = {"ANY": Choosing.REQUIRED, "NONE": Choosing.NONE}.get(told.get("mode", ""), Choosing.AUTO)
    return ToolChoice(choosing, names) if told else None


def _format(config: Json) -> JsonObject | JsonSchema | None:
    if "responseJsonSchema" in config:
        return JsonSchema(_raw(config["responseJsonSchema"]))
    return JsonObject() if "responseMimeType" in config else None


def _thinking(told: Json | None) -> Thinking | None:
    return told and Thinking(budget_tokens=told.get("thinkingBudget"), shown=told.get("includeThoughts"))  # type: ignore[return-value]


def _extra(part: Json, *but: str) -> Extra | None:
    rest = {name: _raw(value) for name, value in part.items() if name not in but}
    return Extra(Wire.GEMINI, rest) if rest else None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _raw(value: Any) -> Raw:
    return Raw(_json(value).encode())
