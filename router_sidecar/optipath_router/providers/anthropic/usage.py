"""Usage as Messages tells it: its input leaves out what a cache had and what was written to one."""

from typing import Any, Final

from optipath_router.chat.usage import Usage

_MOST_TOKENS: Final = 2**53


def read_usage(told: Any, before: Usage | None = None) -> Usage | None:
    """The usage in what a provider says of it; what it leaves out is as it was `before`, in the same stream.

    Of an odd shape it is no usage: it must not cost the caller a good answer.
    """
    if not isinstance(told, dict):
        return before
    plain = _count(told.get("input_tokens"))
    if plain is None:
        if before is None:
            return None
        plain = before.input_tokens - before.cached_input_tokens - before.cache_write_tokens
    cached, written = _count(told.get("cache_read_input_tokens")), _count(told.get("cache_creation_input_tokens"))
    if cached is None:
        cached = before.cached_input_tokens if before else 0
    if written is None:
        written = before.cache_write_tokens if before else 0
    details = told.get("output_tokens_details")
    return Usage(
        input_tokens=plain + cached + written,
        output_tokens=_count(told.get("output_tokens")) or 0,
        cached_input_tokens=cached,
        cache_write_tokens=written,
        reasoning_tokens=(_count(details.get("thinking_tokens")) or 0) if isinstance(details, dict) else 0,
    )


def write_usage(usage: Usage | None) -> dict[str, Any]:
    """A usage as callers of Messages read it; zeros where nothing is known, as the format demands numbers."""
    if usage is None:
        return {"input_tokens": 0, "output_tokens": 0}
    written: dict[str, Any] = {
        "input_tokens": max(0, usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens),
        "cache_creation_input_tokens": usage.cache_write_tokens,
        "cache_read_input_tokens": usage.cached_input_tokens,
        "output_tokens": usage.output_tokens,
    }
    if usage.reasoning_tokens:
        written["output_tokens_details"] = {"thinking_tokens": usage.reasoning_tokens}
    return written


def _count(value: Any) -> int | None:
    """A number of tokens; None where it can be none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS else None
