"""Usage, as OpenAI's dialect tells it. Of an odd shape it is no usage: it must not cost the caller a good answer."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from optipath_router.chat.usage import Usage
from optipath_router.providers.counted import counted

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


def read_usage(told: Any) -> Usage | None:
    """The usage in what a provider says of it; None where it does not say how much the input was."""
    if not isinstance(told, dict) or (given := counted(told.get("prompt_tokens"))) is None:
        return None
    heard, said = _object(told, "prompt_tokens_details"), _object(told, "completion_tokens_details")
    made, thought = counted(told.get("completion_tokens")) or 0, counted(said.get("reasoning_tokens")) or 0
    if told.get("total_tokens") == given + made + thought:
        made += thought  # xAI leaves the reasoning out of the completion, and its total shows it
    return Usage(
        input_tokens=given,
        output_tokens=made,
        cached_input_tokens=_cached(told, heard),
        reasoning_tokens=thought,
        cache_write_tokens=counted(heard.get("cache_write_tokens")) or 0,
        audio_input_tokens=counted(heard.get("audio_tokens")) or 0,
        audio_output_tokens=counted(said.get("audio_tokens")) or 0,
    )


def write_usage(usage: Usage) -> dict[str, Any]:
    """A usage as OpenAI tells it: the cached is a part of the input, the reasoning one of the output."""
    heard, said = {"cached_tokens": usage.cached_input_tokens}, {"reasoning_tokens": usage.reasoning_tokens}
    if usage.cache_write_tokens:
        heard["cache_write_tokens"] = usage.cache_write_tokens
    if usage.audio_input_tokens:
        heard["audio_tokens"] = usage.audio_input_tokens
    if usage.audio_output_tokens:
        said["audio_tokens"] = usage.audio_output_tokens
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": heard,
        "completion_tokens_details": said,
    }


def _cached(told: Mapping[str, Any], heard: Mapping[str, Any]) -> int:
    """What a prompt cache had of the input."""
    if (cached := counted(heard.get("cached_tokens"))) is not None:
        return cached
    for elsewhere in ("prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens"):  # DeepSeek; Moonshot; Mistral
        if elsewhere in told and (cached := counted(told[elsewhere])):
            return cached
    return 0


def _object(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A member that is an object; an empty one in the place of what is none."""
    value = told.get(name)
    return value if isinstance(value, dict) else _NONE


def field(value: Any, name: str) -> Any:
    """A member of an object; None of what is none."""
    return value.get(name) if isinstance(value, dict) else None
