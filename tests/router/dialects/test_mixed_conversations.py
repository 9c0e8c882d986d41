"""Conversations in chat completions that providers of several dialects answer in turn."""

import json
import re
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.chat.chat import Chat, Choosing, Tool, ToolChoice
from optipath_router.chat.conversation import Message, Role, Text, Wire
from optipath_router.providers.anthropic import MESSAGES_PROVIDER
from optipath_router.providers.codec import ProviderCodec
from optipath_router.providers.gemini import GEMINI
from optipath_router.providers.ollama import OLLAMA
from optipath_router.providers.openai.call_ids import call_id
from optipath_router.providers.openai.codec import CODECS
from optipath_router.providers.openai.family import FAMILY
from optipath_router.providers.responses import PROVIDER
from support.builders import provider, route, snapshot, target
from support.paper import PaperRouter

KINDS = {"claude": "Anthropic", "gpt": "OpenAI", "mistral": "Mistral", "router": "OpenRouter"}
CLAUDES: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude",
    "content": [
        {"type": "thinking", "thinking": "Hm.", "signature": "c2lnbmVk"},
        {"type": "text", "text": "Let me see."},
        {"type": "tool_use", "id": "toolu_0123456789", "name": "look", "input": {}},
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {"input_tokens": 3, "output_tokens": 5},
}
LOOK = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}


class Providers:
    """A router, whose models are named after their providers, and what was asked of them."""

    def __init__(self) -> None:
        self.asked: dict[str, bytes] = {}
        of = [provider(name, type=kind, url=f"https://{name}.example/v1") for name, kind in KINDS.items()]
        targets = [target(f"{name}/{name}") for name in KINDS]
        rules = [route(f"{name}/{name}", rule=name, models=[name]) for name in KINDS]
        self._router = PaperRouter(snapshot(*rules, targets=targets, providers=of), self._provided)

    def _provided(self, request: httpx.Request) -> httpx.Response:
        name = request.url.host.partition(".")[0]
        self.asked[name] = request.content
        if name == "claude":
            return httpx.Response(200, json=CLAUDES)
        message = {"role": "assistant", "content": "Yes."}
        return httpx.Response(200, json={"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})

    async def ask(self, model: str, messages: list[dict[str, Any]]) -> dict[str, Any]:
        """The message that answers."""
        body = written(model, messages)
        answer = await self._router.post("/v1/chat/completions", body)
        assert answer.status == 200, answer.body
        told: dict[str, Any] = json.loads(answer.body)["choices"][0]["message"]
        return told


def written(model: str, messages: list[dict[str, Any]]) -> bytes:
    return json.dumps({"model": model, "messages": messages, "tools": [LOOK]}, separators=(",", ":")).encode()


async def after_claude(to: Providers) -> list[dict[str, Any]]:
    """A conversation in which Claude thought and called, as an SDK sends it back."""
    first = {"role": "user", "content": "Is it there?"}
    said = await to.ask("claude", [first])
    result = {"role": "tool", "tool_call_id": said["tool_calls"][0]["id"], "content": "There."}
    return [first, said, result]


@pytest.mark.row("E03")
@pytest.mark.parametrize("name", ["gpt", "mistral", "router"])
async def test_claudes_thought_goes_to_no_other_provider(name: str) -> None:
    to = Providers()
    history = await after_claude(to)
    assert "reasoning_details" in history[1]
    await to.ask(name, history)
    assert b"c2lnbmVk" not in to.asked[name]
    assert b"reasoning" not in to.asked[name]
    assert b"Let me see." in to.asked[name]
    assert json.loads(to.asked[name])["model"] == name


@pytest.mark.row("E03")
async def test_claudes_thought_comes_back_to_claude() -> None:
    to = Providers()
    await to.ask("claude", await after_claude(to))
    assert CLAUDES["content"][0] in json.loads(to.asked["claude"])["messages"][1]["content"]


async def test_a_providers_own_thought_passes_to_the_byte() -> None:
    to, details = (
        Providers(),
        [{"type": "reasoning.text", "text": "Hm.", "format": "anthropic-claude-v1", "signature": "s"}],
    )
    said = {"role": "assistant", "content": "Yes.", "reasoning": "Hm.", "reasoning_details": details}
    quoted = {"role": "user", "content": 'Is "anthropic.messages" a format?'}
    await to.ask("router", [quoted, said, quoted])
    assert to.asked["router"] == written("router", [quoted, said, quoted])


async def test_mistral_is_given_ids_of_its_own_kind_by_passage_too() -> None:
    to = Providers()
    first = {"role": "user", "content": "Is it there?"}
    call = {"id": "call_1234567890", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    said = {"role": "assistant", "content": "", "tool_calls": [call]}
    await to.ask("mistral", [first, said, {"role": "tool", "tool_call_id": call["id"], "content": "There."}])
    _, asked, answered = json.loads(to.asked["mistral"])["messages"]
    assert re.fullmatch("[a-zA-Z0-9]{9}", answered["tool_call_id"])
    assert asked["tool_calls"][0]["id"] == answered["tool_call_id"]


async def test_mistrals_own_ids_pass_to_the_byte() -> None:
    to = Providers()
    call = {"id": "abcDEF123", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    history: list[dict[str, Any]] = [
        {"role": "user", "content": "Is it there?"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "abcDEF123", "content": "There."},
    ]
    await to.ask("mistral", history)
    assert to.asked["mistral"] == written("mistral", history)


@given(st.text(max_size=40), st.text(max_size=40))
def test_ids_stay_apart_and_one_that_fits_stays_as_it_is(one: str, other: str) -> None:
    mistral = FAMILY["Mistral"]
    short = call_id(one, mistral)
    assert re.fullmatch("[a-zA-Z0-9]{9}", short)
    assert call_id(short, mistral) == short
    assert (short == call_id(other, mistral)) == (one == other)
    assert call_id(one, FAMILY["OpenAI"]) == one


LOST: dict[str, ProviderCodec] = {
    **CODECS,
    "Anthropic": MESSAGES_PROVIDER,
    "Gemini": GEMINI,
    "OpenAI's responses": PROVIDER,
    "Ollama's own": OLLAMA,
}


@pytest.mark.parametrize("legacy", [False, True], ids=["tools", "functions"])
@pytest.mark.parametrize("codec", LOST.values(), ids=LOST)
def test_a_choice_of_a_tool_that_was_lost_is_no_choice(codec: ProviderCodec, *, legacy: bool) -> None:
    chat = Chat(
        Wire.RESPONSES,
        (Message(Role.USER, (Text("Hi"),)),),
        tools=(Tool("look"),),
        tool_choice=ToolChoice(Choosing.ONE),
        legacy_functions=legacy,
    )
    body = json.loads(codec.write_chat(chat, "m", streams=False).body)
    assert not {"tool_choice", "function_call", "toolConfig"} & body.keys()
