"""Usage, as Gemini tells it: thoughts beside the candidates, and prompts of hosted tools beside the prompt."""

from typing import Any

import msgspec

from optipath_router.chat.usage import Usage
from optipath_router.providers.counted import counted


class UsageMetadata(msgspec.Struct, frozen=True, rename="camel"):
    """What an answer, or a piece of a stream, says of its tokens."""

    prompt_token_count: Any = None
    cached_content_token_count: Any = None
    candidates_token_count: Any = None
    thoughts_token_count: Any = None
    tool_use_prompt_token_count: Any = None
    prompt_tokens_details: Any = None
    candidates_tokens_details: Any = None


def usage_of(told: UsageMetadata | None) -> Usage | None:
    """The usage in what is told; None where it does not say how much the prompt was."""
    if told is None or (prompt := counted(told.prompt_token_count)) is None:
        return None
    thought = counted(told.thoughts_token_count) or 0
    return Usage(
        input_tokens=prompt + (counted(told.tool_use_prompt_token_count) or 0),
        output_tokens=(counted(told.candidates_token_count) or 0) + thought,
        cached_input_tokens=counted(told.cached_content_token_count) or 0,
        reasoning_tokens=thought,
        audio_input_tokens=_audio(told.prompt_tokens_details),
        audio_output_tokens=_audio(told.candidates_tokens_details),
    )


def _audio(details: Any) -> int:
    if not isinstance(details, list):
        return 0
    return sum(
        counted(each.get("tokenCount")) or 0
        for each in details
        if isinstance(each, dict) and each.get("modality") == "AUDIO"
    )
