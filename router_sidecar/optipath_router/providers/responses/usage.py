"""Usage, as a response tells it. Of an odd shape it is no usage: it must not cost the caller a good answer."""

from typing import Any, Final

from optipath_router.chat.usage import Usage

_MOST_TOKENS: Final = 2**53


def read_usage(told: Any) -> Usage | None:
    """The usage in what a provider says of it; None where it does not say how much the input was."""
    given = _count(_member(told, "input_tokens"))
    if given is None:
        return None
    heard, said = _member(told, "input_tokens_details"), _member(told, "output_tokens_details")
    return Usage(
        input_tokens=given,
        output_tokens=_count(_member(told, "output_tokens")) or 0,
        cached_input_tokens=_count(_member(heard, "cached_tokens")) or 0,
        reasoning_tokens=_count(_member(said, "reasoning_tokens")) or 0,
        cache_write_tokens=_count(_member(heard, "cache_write_tokens")) or 0,
    )


def write_usage(usage: Usage | None) -> dict[str, Any] | None:
    """A response's usage; None where nothing was counted."""
    if usage is None:
        return None
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": {
            "cached_tokens": usage.cached_input_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
        },
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _count(value: Any) -> int | None:
    """A number of tokens; None where it can be none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS else None
