"""What a request needs, and how long it is."""

import base64
from typing import Any

import pytest

from optipath_router.chat.conversation import Wire
from optipath_router.chat.request import ChatRequest
from optipath_router.chat.tokens import text_tokens, tokens
from optipath_router.classify import features
from optipath_router.classify.tokens import TOKENS_AN_IMAGE
from optipath_router.providers.openai import completions
from optipath_router.providers.openai.asked import read_asked
from optipath_snapshot import Capability
from support import wire
from support.requests import chat_request

TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}


def with_parts(*parts: dict[str, Any]) -> ChatRequest:
    return chat_request(messages=[{"role": "user", "content": list(parts)}])


def image(data: bytes = b"picture") -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": "data:image/png;base64," + base64.b64encode(data).decode()}}


NEEDS: dict[str, tuple[ChatRequest, set[Capability]]] = {
    "a chat": (chat_request(), set()),
    "tools": (chat_request(tools=[TOOL]), {Capability.TOOLS}),
    "an empty list of tools": (chat_request(tools=[]), set()),
    "functions, as tools were called": (chat_request(functions=[TOOL["function"]]), {Capability.TOOLS}),
    "an image": (with_parts(image()), {Capability.VISION}),
    "an image among text": (with_parts({"type": "text", "text": "What is it?"}, image()), {Capability.VISION}),
    "sound": (with_parts({"type": "input_audio", "input_audio": {}}), {Capability.AUDIO_INPUT}),
    "a document": (with_parts({"type": "file", "file": {}}), {Capability.DOCUMENTS}),
    "text in parts": (with_parts({"type": "text", "text": "Hello"}), set()),
    "a part of a kind to come": (with_parts({"type": "hologram"}), set()),
    "JSON": (chat_request(response_format={"type": "json_object"}), {Capability.JSON_MODE}),
    "JSON by a schema": (chat_request(response_format={"type": "json_schema"}), {Capability.JSON_SCHEMA}),
    "text as the format": (chat_request(response_format={"type": "text"}), set()),
    "log probabilities": (chat_request(logprobs=True), {Capability.LOG_PROBS}),
    "no log probabilities": (chat_request(logprobs=False), set()),
    "the web": (chat_request(web_search_options={}), {Capability.WEB_SEARCH}),
    "a voice": (chat_request(modalities=["text", "audio"]), {Capability.AUDIO_OUTPUT}),
    "text as the modality": (chat_request(modalities=["text"]), set()),
    "several": (chat_request(tools=[TOOL], logprobs=True), {Capability.TOOLS, Capability.LOG_PROBS}),
}


@pytest.mark.parametrize(("request_", "needs"), NEEDS.values(), ids=NEEDS)
def test_needs(request_: ChatRequest, needs: set[Capability]) -> None:
    assert features(request_).needs == needs | {Capability.CHAT}


TAGS = {
    "image-in": Capability.VISION,
    "audio-in": Capability.AUDIO_INPUT,
    "document-in": Capability.DOCUMENTS,
    "tools": Capability.TOOLS,
    "json-schema": Capability.JSON_SCHEMA,
    "json-object": Capability.JSON_MODE,
}


def test_recorded_requests_need_what_their_tags_say() -> None:
    seen = set()
    for exchange, sent in wire.requests():
        needs = features(ChatRequest("", "", 0.0, {}, sent, read_asked(sent))).needs
        for tag in TAGS.keys() & set(exchange["tags"]):
            assert TAGS[tag] in needs, (exchange["id"], tag)
            seen.add(tag)
    assert seen == set(TAGS)


LIMITS: dict[str, tuple[dict[str, int | None], int | None]] = {
    "none": ({}, None),
    "the old name": ({"max_tokens": 10}, 10),
    "the new name": ({"max_completion_tokens": 20}, 20),
    "both: the new one": ({"max_tokens": 10, "max_completion_tokens": 20}, 20),
    "null": ({"max_tokens": None}, None),
}


@pytest.mark.parametrize(("given", "limit"), LIMITS.values(), ids=LIMITS)
def test_the_limit_that_the_app_asked_for(given: dict[str, int | None], limit: int | None) -> None:
    assert features(chat_request(**dict[str, Any](given))).output_tokens == limit


TEXTS = {
    # Counted by hand, a word or a syllable a token. Within a factor of two is as good as an estimate need be.
    "English": ("The quick brown fox jumps over the lazy dog, and nobody is surprised any more.", 17),
    "German": ("Der schnelle braune Fuchs springt über den faulen Hund, und niemand wundert sich.", 20),
    "Russian": ("Быстрая коричневая лиса прыгает через ленивую собаку.", 17),
    "Greek": ("γρήγορη καφέ αλεπού πηδάει πάνω από το τεμπέλικο σκυλί", 23),
    "Chinese": ("敏捷的棕色狐狸跳过了懒狗,没有人再感到惊讶了。", 21),
    "Japanese": ("素早い茶色の狐がのろまな犬を飛び越えます。", 20),
    "Korean": ("빠른 갈색 여우가 게으른 개를 뛰어넘습니다.", 17),
    "code": ("def add(a: int, b: int) -> int:\n    return a + b\n", 19),
}


@pytest.mark.parametrize(("text", "counted"), TEXTS.values(), ids=TEXTS)
def test_tokens_of_scripts(text: str, counted: int) -> None:
    assert counted / 2 <= text_tokens(text) <= counted * 2


def test_no_text_has_no_tokens_and_a_character_has_one_or_two() -> None:
    assert [text_tokens(text) for text in ("", "a", "é", "漢", "🙂")] == [0, 1, 1, 2, 2]


@pytest.mark.parametrize("cut", [(" ", 1), ("", 7)], ids=["at-words", "anywhere"])
def test_texts_count_alike_together_and_one_by_one(cut: tuple[str, int]) -> None:
    by, length = cut
    for text, _ in TEXTS.values():
        pieces = text.split(by) if by else [text[at : at + length] for at in range(0, len(text), length)]
        assert tokens(pieces) == pytest.approx(sum(tokens((piece,)) for piece in pieces))


def test_a_long_conversation_is_counted_by_a_sample_of_all_its_messages() -> None:
    turns = [{"role": "user", "content": f"Question {turn}: how far is it from here to there? "} for turn in range(500)]
    codes = [{"role": "assistant", "content": f"[{turn}, {{'a': 0.{turn}}}];\n"} for turn in range(500)]
    apart, together = (
        [features(chat_request(messages=messages)).input_tokens for messages in each]
        for each in ((turns, codes), ([each for pair in zip(turns, codes, strict=True) for each in pair],))
    )
    assert together[0] == pytest.approx(sum(apart), rel=0.05)


def test_longer_is_more() -> None:
    for text in ("word ", "слово ", "漢字"):
        assert text_tokens(text * 1000) == pytest.approx(1000 * text_tokens(text * 100) / 100, rel=0.05)


def test_an_image_counts_as_an_image_whatever_its_bytes() -> None:
    small, large = (features(with_parts(image(b"x" * size))).input_tokens for size in (10, 1_000_000))
    assert small == large
    assert TOKENS_AN_IMAGE < small < TOKENS_AN_IMAGE + 10


def test_a_sound_and_a_document_do_not_count_by_their_bytes() -> None:
    data = base64.b64encode(b"x" * 100_000).decode()
    sound = with_parts({"type": "input_audio", "input_audio": {"data": data, "format": "wav"}})
    document = with_parts({"type": "file", "file": {"file_data": data, "filename": "a.pdf"}})
    assert features(sound).input_tokens < 1000
    assert features(document).input_tokens < 1000


def test_tools_and_calls_count() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Paris"}' * 20}}
    plain = features(chat_request()).input_tokens
    assert features(chat_request(tools=[TOOL] * 10)).input_tokens > plain + 100
    called = chat_request(messages=[{"role": "assistant", "content": None, "tool_calls": [call]}])
    assert features(called).input_tokens > plain + 20


MADE_OF: dict[str, tuple[ChatRequest, set[str]]] = {
    "text": (chat_request(), {"Text"}),
    "an image": (with_parts(image()), {"Text", "Image"}),
    "sound and a file": (with_parts({"type": "input_audio"}, {"type": "file"}), {"Text", "Audio", "Document"}),
    "a part of a kind to come": (with_parts({"type": "hologram"}), {"Text"}),
}


@pytest.mark.parametrize(("request_", "modalities"), MADE_OF.values(), ids=MADE_OF)
def test_what_a_request_is_made_of(request_: ChatRequest, modalities: set[str]) -> None:
    assert features(request_).modalities == modalities


@pytest.mark.parametrize(("given", "answers"), [({}, 1), ({"n": None}, 1), ({"n": 50}, 50)])
def test_how_many_answers_are_wanted(given: dict[str, Any], answers: int) -> None:
    assert features(chat_request(**given)).answers == answers


def test_each_prompt_of_a_completion_has_answers_of_its_own() -> None:
    sent = b'{"model": "small", "prompt": ["one", "two", "three"], "n": 4}'
    request = ChatRequest("", "", 0.0, {}, sent, completions.read_asked(sent), wire=Wire.COMPLETIONS)
    assert features(request).answers == 12


def test_the_completions_of_which_the_best_are_given_are_billed_too() -> None:
    sent = b'{"model": "small", "prompt": "one", "n": 2, "best_of": 5}'
    request = ChatRequest("", "", 0.0, {}, sent, completions.read_asked(sent), wire=Wire.COMPLETIONS)
    assert features(request).answers == 5


def test_turns_are_messages_of_the_user_s() -> None:
    said = [{"role": role, "content": "Hi"} for role in ("system", "user", "assistant", "user", "tool")]
    assert features(chat_request(messages=said)).turns == 2
