"""How an answer should be made: Gemini's `generationConfig`."""

from collections.abc import Mapping
from typing import Any, Final

from optipath_router.chat.chat import Chat, JsonSchema, Thinking
from optipath_router.chat.conversation import Wire
from optipath_router.providers.gemini.models import older
from optipath_router.providers.members import said_again

# Google's own mapping of OpenAI's efforts (ai.google.dev/gemini-api/docs/openai).
_BUDGETS: Final[Mapping[str, int]] = {
    "minimal": 1024,
    "low": 1024,
    "medium": 8192,
    "high": 24576,
    "xhigh": 24576,
    "max": 24576,
}
_LEVELS: Final[Mapping[str, str]] = {
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "high",
    "max": "high",
}
_DYNAMIC: Final = -1
_LEAST_OF_PRO: Final = 128
"""Tokens. The larger models always think."""


def generation_config(chat: Chat, model: str) -> dict[str, Any]:
    """What the chat says of it; nothing that it does not say."""
    told: dict[str, Any] = {
        "maxOutputTokens": chat.max_tokens,
        "temperature": chat.temperature,
        "topP": chat.top_p,
        "topK": chat.top_k,
        "stopSequences": list(chat.stop) or None,
        "seed": chat.seed,
        "candidateCount": chat.n if chat.n != 1 else None,
        "presencePenalty": chat.presence_penalty,
        "frequencyPenalty": chat.frequency_penalty,
        "responseLogprobs": chat.logprobs or None,
        "logprobs": chat.top_logprobs if chat.logprobs else None,
        "responseMimeType": "application/json" if chat.format else None,
        "responseJsonSchema": chat.format.schema if isinstance(chat.format, JsonSchema) else None,
        "thinkingConfig": (thinking_config(chat.thinking, model) or None) if chat.thinking else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def thinking_config(thinking: Thinking, model: str) -> dict[str, Any]:
    """How much to think: a budget of tokens for the older models, a level for the newer."""
    config: dict[str, Any] = said_again(thinking.extra, Wire.GEMINI)
    if thinking.shown is not None:
        config["includeThoughts"] = thinking.shown
    if thinking.enabled is False or thinking.effort == "none":
        config.update(_least(model))
    elif thinking.budget_tokens is not None:
        config["thinkingBudget"] = thinking.budget_tokens
    elif thinking.effort is not None:
        config.update(_effort(thinking.effort, model))
    elif thinking.enabled and older(model):
        config["thinkingBudget"] = _DYNAMIC
    return config


def _least(model: str) -> dict[str, Any]:
    """Not at all, where a model can do without."""
    pro = "pro" in model
    if older(model):
        return {"thinkingBudget": _LEAST_OF_PRO if pro else 0}
    return {"thinkingLevel": "low" if pro else "minimal"}


def _effort(effort: str, model: str) -> dict[str, Any]:
    if older(model):
        return {"thinkingBudget": _BUDGETS[effort]} if effort in _BUDGETS else {}
    if effort == "minimal":
        return _least(model)
    return {"thinkingLevel": _LEVELS[effort]} if effort in _LEVELS else {}
