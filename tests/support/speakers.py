"""The official SDKs as callers of each surface, and what they say that they were told."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import anthropic
import openai
from openai.types.chat import ChatCompletion, ParsedChatCompletion
from openai.types.responses import Response

from support.router import Router
from support.vendors import claude, gpt

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}


@dataclass
class Said:
    """An answer, whichever SDK gave it."""

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    calls: list[tuple[str, Any]] = field(default_factory=list)
    finish: str | None = None
    usage: tuple[int, int] | None = None
    """Tokens of the request, and of the answer."""


class Speaker(Protocol):
    """A caller with one of the SDKs, on one surface."""

    async def whole(self, text: str, *, tool: bool = False) -> Said:
        """A whole answer."""
        ...

    async def stream(self, text: str, heard: list[str], *, tool: bool = False) -> Said:
        """A streamed answer as the SDK's helper puts it together; what is heard of it meanwhile is noted."""
        ...


@dataclass
class Chat:
    """Chat completions by openai's SDK."""

    sdk: openai.AsyncOpenAI
    model: str = "auto"
    error = openai.APIError

    def asked(self, text: str, *, tool: bool) -> dict[str, Any]:
        function = {"name": "trip", "parameters": SCHEMA}
        tools = {"tools": [{"type": "function", "function": function}]} if tool else {}
        return {"model": self.model, "messages": [{"role": "user", "content": text}], **tools}

    async def whole(self, text: str, *, tool: bool = False) -> Said:
        return self.said(await self.sdk.chat.completions.create(**self.asked(text, tool=tool)))

    async def stream(self, text: str, heard: list[str], *, tool: bool = False) -> Said:
        usage = {"include_usage": True}
        async with self.sdk.chat.completions.stream(**self.asked(text, tool=tool), stream_options=usage) as stream:  # type: ignore[arg-type]
            async for event in stream:
                if event.type == "content.delta":
                    heard.append(event.delta)  # noqa: PERF401  it is to be there when this raises
            return self.said(await stream.get_final_completion())

    def said(self, answer: ChatCompletion | ParsedChatCompletion[Any]) -> Said:
        choice = answer.choices[0]
        message = choice.message
        return Said(
            message.content or "",
            getattr(message, "reasoning_content", None) or "",
            message.refusal or "",
            [(call.function.name, json.loads(call.function.arguments)) for call in message.tool_calls or ()],  # type: ignore[union-attr]
            choice.finish_reason,
            (answer.usage.prompt_tokens, answer.usage.completion_tokens) if answer.usage else None,
        )


@dataclass
class Messages:
    """Messages by anthropic's SDK."""

    sdk: anthropic.AsyncAnthropic
    model: str = "auto"
    error = anthropic.APIError

    def asked(self, text: str, *, tool: bool) -> dict[str, Any]:
        tools = {"tools": [{"name": "trip", "input_schema": SCHEMA}]} if tool else {}
        return {"model": self.model, "max_tokens": 500, "messages": [{"role": "user", "content": text}], **tools}

    async def whole(self, text: str, *, tool: bool = False) -> Said:
        return self.said(await self.sdk.messages.create(**self.asked(text, tool=tool)))

    async def stream(self, text: str, heard: list[str], *, tool: bool = False) -> Said:
        async with self.sdk.messages.stream(**self.asked(text, tool=tool)) as stream:
            async for event in stream:
                if event.type == "text":
                    heard.append(event.text)  # noqa: PERF401  it is to be there when this raises
            return self.said(await stream.get_final_message())

    def said(self, answer: anthropic.types.Message) -> Said:
        said = Said(finish=answer.stop_reason, usage=(answer.usage.input_tokens, answer.usage.output_tokens))
        for block in answer.content:
            match block.type:
                case "text":
                    said.text += block.text
                case "thinking":
                    said.reasoning += block.thinking
                case "tool_use":
                    said.calls.append((block.name, block.input))
                case kind:
                    raise AssertionError(kind)
        return said


@dataclass
class Responses:
    """Responses by openai's SDK."""

    sdk: openai.AsyncOpenAI
    model: str = "auto"
    error = openai.APIError

    def asked(self, text: str, *, tool: bool) -> dict[str, Any]:
        function = {"type": "function", "name": "trip", "parameters": SCHEMA, "strict": False}
        return {"model": self.model, "input": text, "store": False, **({"tools": [function]} if tool else {})}

    async def whole(self, text: str, *, tool: bool = False) -> Said:
        return self.said(await self.sdk.responses.create(**self.asked(text, tool=tool)))

    async def stream(self, text: str, heard: list[str], *, tool: bool = False) -> Said:
        async with self.sdk.responses.stream(**self.asked(text, tool=tool)) as stream:
            async for event in stream:
                if event.type == "response.output_text.delta":
                    heard.append(event.delta)  # noqa: PERF401  it is to be there when this raises
            return self.said(await stream.get_final_response())

    def said(self, answer: Response) -> Said:
        why = f": {answer.incomplete_details.reason}" if answer.incomplete_details else ""
        said = Said(finish=f"{answer.status}{why}")
        if answer.usage:
            said.usage = (answer.usage.input_tokens, answer.usage.output_tokens)
        for item in answer.output:
            match item.type:
                case "message":
                    for part in item.content:
                        if part.type == "output_text":
                            said.text += part.text
                        else:
                            said.refusal += part.refusal
                case "reasoning":
                    said.reasoning += "".join(part.text for part in (*item.summary, *(item.content or ())))
                case "function_call":
                    said.calls.append((item.name, json.loads(item.arguments)))
                case kind:
                    raise AssertionError(kind)
        return said


Caller = Chat | Messages | Responses


@asynccontextmanager
async def chat(router: Router, **given: Any) -> AsyncIterator[Chat]:
    async with gpt(router) as sdk:
        yield Chat(sdk, **given)


@asynccontextmanager
async def messages(router: Router, **given: Any) -> AsyncIterator[Messages]:
    async with claude(router) as sdk:
        yield Messages(sdk, **given)


@asynccontextmanager
async def responses(router: Router, **given: Any) -> AsyncIterator[Responses]:
    async with gpt(router) as sdk:
        yield Responses(sdk, **given)


SPEAKERS = {"chat": chat, "messages": messages, "responses": responses}
"""By the name of the surface."""
