"""The table by which finish and usage of every provider become those of every caller: reviewed data.

What a provider says stands left, what a caller must see stands right. A test that disagrees is a bug in the code or
in this table; both are worth a look.
"""

from typing import Any

FINISH: dict[str, dict[Any, str]] = {
    "openai.chat": {
        "stop": "stop",
        "eos": "stop",
        "length": "length",
        "tool_calls": "tool_calls",
        "function_call": "tool_calls",
        "content_filter": "filtered",
        None: "stop",
    },
    "anthropic.messages": {
        "end_turn": "stop",
        "stop_sequence": "stop",
        "max_tokens": "length",
        "tool_use": "tool_calls",
        "refusal": "refused",
    },
    "gemini.generate": {
        "STOP": "stop",
        1: "stop",
        "MAX_TOKENS": "length",
        2: "length",
    },
    "ollama.chat": {"stop": "stop", "length": "length", "custom": "other"},
    "openai.responses": {"completed": "stop", "incomplete:max_output_tokens": "length"},
}
"""In our words; an answer that calls tools ends by them, whatever the provider says."""

CALLERS: dict[str, dict[str, str]] = {
    "openai.chat": {
        "stop": "stop",
        "length": "length",
        "tool_calls": "tool_calls",
        "filtered": "content_filter",
        "refused": "content_filter",
        # Not all was said: the one word that tells an app so.
        "other": "length",
    },
    "anthropic.messages": {
        "stop": "end_turn",
        "length": "max_tokens",
        "tool_calls": "tool_use",
        "filtered": "refusal",
        "refused": "refusal",
        "other": "end_turn",
    },
}


STOPS_TO_CALL = frozenset({"gemini.generate", "ollama.chat", "openai.responses"})
"""Whose answers stop where they call a tool; elsewhere the finish says so."""


def usage(dialect: str, told: dict[str, Any], *, by_tools: int, hit: int) -> dict[str, int] | None:
    """A provider's usage in our way of counting: input with everything in it, output with the thoughts in it.

    `by_tools` are Gemini's prompts of tools that it runs, which are input, too, and `hit` what DeepSeek, Mistral and
    Moonshot say of a cache by names of their own; `expect` reads neither.
    """
    given, made = told.get("input"), told.get("output")
    cached, written, thought = (told.get(name) or 0 for name in ("cache_read", "cache_write", "reasoning"))
    if given is None:
        return None
    made = made or 0
    match dialect:
        case "anthropic.messages":
            given += cached + written
        case "gemini.generate":
            given += by_tools
            made += thought
        case "openai.chat" if told.get("total") == given + made + thought:
            made += thought  # xAI's completion leaves the thoughts out
        case _:
            pass
    return {"input": given, "output": made, "cached": cached or hit}
