"""Names of models: that which people declare, and the model that was recorded.

The same weights go by many names. What is taken for the same here is spelling,
the provider's prefix, and a few aliases whose meaning is documented. A model of
another date, size or family is another model, and unknown.
"""

import re
from functools import lru_cache
from typing import Final

_LONGEST: Final = 256

_ALIASES: Final = {
    "gpt-4o": "gpt-4o-2024-08-06",
    "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "gpt-3.5-turbo": "gpt-3.5-turbo-0125",
    "gpt-4-turbo-preview": "gpt-4-1106",
    "o1-mini": "o1-mini-2024-09-12",
    "claude-3.5-sonnet": "claude-3.5-sonnet-20241022",
    "claude-3.5-sonnet-v2": "claude-3.5-sonnet-20241022",
    "claude-3.5-sonnet-v2-20241022": "claude-3.5-sonnet-20241022",
    "claude-3.5-haiku": "claude-3.5-haiku-20241022",
    "claude-3-opus": "claude-3-opus-20240229",
    "claude-3-haiku": "claude-3-haiku-20240307",
    "claude-instant-1": "claude-instant",
    "gemini-2.0-flash": "gemini-2.0-flash-001",
    "mistral-large-2407": "mistral-large-2",
    "mistral-large-2-instruct-2407": "mistral-large-2",
    "mistral-large-instruct-2407": "mistral-large-2",
    "open-mixtral-8x7b": "mixtral-8x7b",
    "open-mistral-7b": "mistral-7b-v0.3",
    "llama-3.1-8b-instant": "llama-3.1-8b",
    "command-r-03-2024": "c4ai-command-r-v01",
    "mixtral-8x7b-v0.1": "mixtral-8x7b",
    "jamba-large-1.5": "jamba-1.5-large",
}

_VENDOR: Final = re.compile(r"^(?:(?:us|eu|apac|global)\.)?(?:anthropic|meta|mistral|cohere|amazon|ai21)\.")
_REVISION: Final = re.compile(r"(?:-v\d)?:\d+$")
_SUFFIX: Final = re.compile(r"-(?:instruct|chat|it|hf|preview|latest|turbo-fp8|fp8)(?=-|$)")
_POINT: Final = re.compile(r"(?<=\d)[_p](?=\d)")
_FAMILY: Final = (
    (re.compile(r"^meta-llama"), "llama"),
    (re.compile(r"^llama-?v?(?=\d)"), "llama-"),
    (re.compile(r"^(qwen|gemma|phi)-?(?=\d)"), r"\1-"),
    (re.compile(r"^claude-3-5-"), "claude-3.5-"),
    (re.compile(r"^(llama|qwen|gemma)-([\d.]+):(\d+(?:\.\d+)?b)$"), r"\1-\2-\3"),
    (re.compile(r"^gemini-1\.5-(pro|flash)-002$"), r"gemini-1.5-\1"),
)


@lru_cache(maxsize=1024)
def canonical(name: str) -> str:
    """One spelling for all names of a model."""
    plain = name[:_LONGEST].lower().rsplit("/", 1)[-1].replace("@", "-")
    plain = _REVISION.sub("", _VENDOR.sub("", plain))
    plain = _POINT.sub(".", plain)
    for spelled, meant in _FAMILY:
        plain = spelled.sub(meant, plain)
    plain = _SUFFIX.sub("", plain)
    return _ALIASES.get(plain, plain)
