"""What a chat request needs, and how long it is."""

from collections.abc import Iterator

from optipath_router.chat.features import Features
from optipath_router.chat.request import Asked, ChatRequest
from optipath_router.classify.tokens import prompt_tokens
from optipath_snapshot import Capability

_PARTS = {
    "image_url": Capability.VISION,
    "input_audio": Capability.AUDIO_INPUT,
    "file": Capability.DOCUMENTS,
}
_FORMATS = {
    "json_object": Capability.JSON_MODE,
    "json_schema": Capability.JSON_SCHEMA,
}


def features(request: ChatRequest) -> Features:
    """The features of a request."""
    asked = request.asked
    return Features(
        model=asked.model,
        input_tokens=prompt_tokens(asked),
        output_tokens=asked.max_completion_tokens or asked.max_tokens,
        needs=frozenset(_needs(asked)),
        streams=request.streams,
        headers=request.headers,
    )


def _needs(asked: Asked) -> Iterator[Capability]:
    yield Capability.CHAT
    if asked.tools or asked.functions:
        yield Capability.TOOLS
    if asked.logprobs:
        yield Capability.LOG_PROBS
    if asked.web_search_options is not None:
        yield Capability.WEB_SEARCH
    if asked.modalities and "audio" in asked.modalities:
        yield Capability.AUDIO_OUTPUT
    if asked.response_format and (needed := _FORMATS.get(asked.response_format.type)):
        yield needed
    for message in asked.messages:
        if isinstance(message.content, list):
            yield from (_PARTS[part.type] for part in message.content if part.type in _PARTS)
