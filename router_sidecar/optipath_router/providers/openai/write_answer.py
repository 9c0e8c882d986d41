"""A whole answer for a caller who speaks OpenAI's chat format.

Thoughts stand in `reasoning_content`, as most of the family have it, and with their proofs in
`reasoning_details`: a caller who sends its messages back as they came sends those, too.
"""

from typing import Any, Final

import msgspec

from optipath_router.chat.answer import Answer, Choice
from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import Audio, Image, Reasoning, Refusal, Text, ToolCall, Wire
from optipath_router.providers.members import said_again
from optipath_router.providers.openai.finish import write_finish
from optipath_router.providers.openai.thoughts import is_plain, write_details
from optipath_router.providers.openai.usage import write_usage
from optipath_router.providers.openai.written import image_url, write_call, write_citation

_encode: Final = msgspec.json.Encoder().encode


def write_answer(answer: Answer, chat: Chat) -> bytes:
    """A chat completion."""
    choices = [_choice(choice, index, legacy=chat.legacy_functions) for index, choice in enumerate(answer.choices)]
    written: dict[str, Any] = {
        "id": answer.id,
        "object": "chat.completion",
        "created": answer.created or 0,
        "model": answer.model,
        "choices": choices,
    }
    if answer.usage is not None:
        written["usage"] = write_usage(answer.usage)
    return _encode(written)


def _choice(choice: Choice, index: int, *, legacy: bool) -> dict[str, Any]:
    refused = any(isinstance(part, Refusal) for part in choice.parts)
    return {
        "index": index,
        "message": _message(choice, legacy=legacy),
        "logprobs": choice.logprobs,
        "finish_reason": write_finish(choice.finish, legacy=legacy, refused=refused),
    }


def _message(choice: Choice, *, legacy: bool) -> dict[str, Any]:
    texts = [part for part in choice.parts if isinstance(part, Text)]
    refusal = "".join(part.text for part in choice.parts if isinstance(part, Refusal))
    calls = [part for part in choice.parts if isinstance(part, ToolCall)]
    others = [part for part in choice.parts if not isinstance(part, Text | Reasoning)]
    message: dict[str, Any] = {
        "role": "assistant",
        # An empty text where nothing stands in its place: apps read it without asking.
        "content": "".join(part.text for part in texts) if texts or not others else None,
        "refusal": refusal or None,
    }
    thoughts = [part for part in choice.parts if isinstance(part, Reasoning)]
    if text := "".join(thought.text for thought in thoughts):
        message["reasoning_content"] = text
    if not all(map(is_plain, thoughts)):
        message["reasoning_details"] = write_details(thoughts)
    if annotations := write_annotations(texts):
        message["annotations"] = annotations
    for part in choice.parts:
        if isinstance(part, Audio):
            message["audio"] = write_audio(part)
    if images := [write_image(part) for part in choice.parts if isinstance(part, Image)]:
        message["images"] = images
    if calls and legacy:
        message["function_call"] = {"name": calls[0].name, "arguments": calls[0].arguments}
    elif calls:
        message["tool_calls"] = [write_call(call) for call in calls]
    return message


def write_annotations(texts: list[Text]) -> list[dict[str, Any]]:
    """The citations of texts that become one: what belongs to a place in a later one moves with it."""
    annotations, before = [], 0
    for text in texts:
        for citation in text.citations:
            start, end = citation.start, citation.end
            moved = msgspec.structs.replace(
                citation, start=None if start is None else start + before, end=None if end is None else end + before
            )
            annotations.append({"type": "url_citation", "url_citation": write_citation(moved)})
        before += len(text.text)
    return annotations


def write_audio(audio: Audio) -> dict[str, Any]:
    """A sound that the model made."""
    given = {"id": audio.id, "data": audio.data, "transcript": audio.transcript}
    return {name: value for name, value in given.items() if value is not None} | said_again(audio.extra, Wire.CHAT)


def write_image(image: Image) -> dict[str, Any]:
    """A picture that the model made, as OpenRouter tells it."""
    return {"type": "image_url", "image_url": {"url": image_url(image)}}
