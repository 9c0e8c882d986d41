"""What can be seen in a chat request at a glance: what it needs, how long it is, what it is made of."""

from collections.abc import Mapping
from typing import Final

from optipath_router.chat.conversation import Wire
from optipath_router.chat.features import Features, Modality
from optipath_router.chat.request import Asked, ChatRequest
from optipath_router.classify.tokens import prompt_tokens
from optipath_snapshot import Capability

_PARTS: Final[Mapping[str, tuple[Capability, Modality]]] = {
    "image_url": (Capability.VISION, Modality.IMAGE),
    "input_audio": (Capability.AUDIO_INPUT, Modality.AUDIO),
    "file": (Capability.DOCUMENTS, Modality.DOCUMENT),
}
_FORMATS = {
    "json_object": Capability.JSON_MODE,
    "json_schema": Capability.JSON_SCHEMA,
}
_OPERATIONS: Final[Mapping[Wire, Capability]] = {
    Wire.CHAT: Capability.CHAT,
    Wire.RESPONSES: Capability.CHAT,
    Wire.MESSAGES: Capability.CHAT,
    Wire.COMPLETIONS: Capability.COMPLETIONS,
    Wire.EMBEDDINGS: Capability.EMBEDDINGS,
    Wire.MODERATIONS: Capability.MODERATION,
}
_PLAIN: Final = frozenset({Modality.TEXT})


def features(request: ChatRequest) -> Features:
    """The features of a request that are always there."""
    asked = request.asked
    needs = _needs(asked, request.wire)
    turns, modalities = 0, _PLAIN
    for message in asked.messages:
        turns += message.role == "user"
        if isinstance(message.content, list):
            kinds = {part.type for part in message.content}
            found = [_PARTS[kind] for kind in kinds & _PARTS.keys()]
            needs.update(capability for capability, _ in found)
            modalities |= {modality for _, modality in found}
    return Features(
        model=asked.model,
        input_tokens=prompt_tokens(asked, request.wire),
        output_tokens=asked.max_completion_tokens or asked.max_tokens,
        answers=_answers(asked, request.wire),
        needs=frozenset(needs),
        streams=request.streams,
        headers=request.headers,
        wire=request.wire,
        turns=turns,
        modalities=modalities,
    )


def _answers(asked: Asked, wire: Wire) -> int:
    """How many answers are billed: `n` of them, or those that they are the best of, to each prompt of several."""
    if wire is Wire.COMPLETIONS:
        return max(asked.n or 1, asked.best_of or 1) * len(asked.messages)
    return asked.n or 1


def _needs(asked: Asked, wire: Wire) -> set[Capability]:
    """What the request as a whole needs, whatever its messages are made of."""
    needs = {_OPERATIONS[wire]} if wire in _OPERATIONS else set()
    if asked.tools or asked.functions:
        needs.add(Capability.TOOLS)
    if asked.logprobs:
        needs.add(Capability.LOG_PROBS)
    if asked.web_search_options is not None:
        needs.add(Capability.WEB_SEARCH)
    if asked.modalities and "audio" in asked.modalities:
        needs.add(Capability.AUDIO_OUTPUT)
    if asked.response_format and (needed := _FORMATS.get(asked.response_format.type)):
        needs.add(needed)
    return needs
