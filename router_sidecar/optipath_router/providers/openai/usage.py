"""Usage, as OpenAI's dialect tells it. Of an odd shape it is no usage: it must not cost the caller a good answer."""

from typing import Any, Final

from optipath_router.chat.usage import Usage

_MOST_TOKENS: Final = 2**53


def read_usage(told: Any) -> Usage | None:
    """The usage in what a provider says of it; None where it does not say how much the input was."""
    given = _count(field(told, "prompt_tokens"))
    if given is None:
        return None
    heard, said = field(told, "prompt_tokens_details"), field(told, "completion_tokens_details")
    made, thought = _count(field(told, "completion_tokens")) or 0, _count(field(said, "reasoning_tokens")) or 0
    if field(told, "total_tokens") == given + made + thought:
        made += thought  # xAI leaves the reasoning out of the completion, and its total shows it
    return Usage(
        input_tokens=given,
        output_tokens=made,
        cached_input_tokens=_cached(told, heard),
        reasoning_tokens=thought,
        cache_write_tokens=_count(field(heard, "cache_write_tokens")) or 0,
        audio_input_tokens=_count(field(heard, "audio_tokens")) or 0,
        audio_output_tokens=_count(field(said, "audio_tokens")) or 0,
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


def _cached(told: Any, heard: Any) -> int:
    """What a prompt cache had of the input."""
    if (cached := _count(field(heard, "cached_tokens"))) is not None:
        return cached
    for elsewhere in ("prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens"):  # DeepSeek; Moonshot; Mistral
        if cached := _count(field(told, elsewhere)):
            return cached
    return 0


def field(value: Any, name: str) -> Any:
    """A member of an object; None of what is none."""
    return value.get(name) if isinstance(value, dict) else None


def _count(value: Any) -> int | None:
    """A number of tokens; None where it can be none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS else None
