"""Chats of which nothing, or next to nothing, is left for a provider of another dialect."""

import json
from typing import Any

import httpx
import pytest

from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import Audio, Message, Role, Text, Wire
from optipath_router.errors import Outcome, RequestRejected, TargetUnavailable
from optipath_router.providers.anthropic.codec import MESSAGES_PROVIDER
from optipath_router.providers.codec import ProviderCodec
from optipath_router.providers.gemini.codec import GEMINI
from optipath_router.providers.ollama.codec import OLLAMA
from optipath_router.providers.openai.codec import CODECS
from support.builders import provider, route, snapshot, target
from support.paper import PaperRouter

CODECS_OF: dict[str, ProviderCodec] = {
    "Anthropic": MESSAGES_PROVIDER,
    "Gemini": GEMINI,
    "Ollama": OLLAMA,
    "Mistral": CODECS["Mistral"],
}
every_codec = pytest.mark.parametrize("codec", CODECS_OF.values(), ids=CODECS_OF)


def chat(*messages: Message) -> Chat:
    return Chat(Wire.RESPONSES, messages)


@every_codec
@pytest.mark.parametrize("plain", [False, True])
def test_where_nothing_is_said_at_all_the_caller_is_told_the_member(codec: ProviderCodec, *, plain: bool) -> None:
    empty = chat(Message(Role.SYSTEM, (Text(""),), plain), Message(Role.USER, (Text(""),), plain))
    with pytest.raises(RequestRejected, match="input says nothing") as raised:
        codec.write_chat(empty, "m", streams=False)
    assert (raised.value.status, raised.value.param) == (400, "input")


@pytest.mark.parametrize("name", ["Anthropic", "Ollama"])
def test_where_only_this_dialect_has_no_words_the_next_target_is_asked(name: str) -> None:
    with pytest.raises(TargetUnavailable, match="has words for") as raised:
        CODECS_OF[name].write_chat(chat(Message(Role.USER, (Audio(data="QQ=="),))), "m", streams=False)
    assert raised.value.outcome is Outcome.NOT_SPOKEN


@pytest.mark.parametrize("asked", [None, ""], ids=["alone", "before an empty text"])
async def test_anthropic_is_told_a_lone_system_message_as_the_users(asked: str | None) -> None:
    sent: list[dict[str, Any]] = []

    def provided(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        return httpx.Response(529)

    rule = route("acme/m", models=["m"])
    router = PaperRouter(snapshot(rule, targets=[target("acme/m")], providers=[provider(type="Anthropic")]), provided)
    messages = [{"role": "system", "content": "Say hello."}]
    messages += [] if asked is None else [{"role": "user", "content": asked}]
    await router.post("/v1/chat/completions", json.dumps({"model": "m", "messages": messages}).encode())
    assert sent[0]["messages"] == [{"role": "user", "content": "Say hello."}]
    assert "system" not in sent[0]
