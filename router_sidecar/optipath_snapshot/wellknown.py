"""Types of provider whose address everybody knows.

Both programs need this: the operator for the URL that a ModelProvider may
leave out, the router for the hosts that a key of such a type may be sent to,
whatever a resource says.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class WellKnown:
    """Where a type of provider is found."""

    url: str
    """Base URL of the surface that is called."""
    hosts: tuple[str, ...]
    """Every host of its own that takes the same keys."""


# As each provider documents its API.
WELL_KNOWN: Mapping[str, WellKnown] = MappingProxyType(
    {
        "OpenAI": WellKnown("https://api.openai.com/v1", ("api.openai.com", "eu.api.openai.com", "us.api.openai.com")),
        "Anthropic": WellKnown("https://api.anthropic.com", ("api.anthropic.com",)),
        "Gemini": WellKnown("https://generativelanguage.googleapis.com/v1beta", ("generativelanguage.googleapis.com",)),
        "Mistral": WellKnown("https://api.mistral.ai/v1", ("api.mistral.ai",)),
        "DeepSeek": WellKnown("https://api.deepseek.com/v1", ("api.deepseek.com",)),
        "Qwen": WellKnown(
            "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
            ("dashscope-intl.aliyuncs.com", "dashscope.aliyuncs.com", "dashscope-us.aliyuncs.com"),
        ),
        "Groq": WellKnown("https://api.groq.com/openai/v1", ("api.groq.com",)),
        "XAI": WellKnown("https://api.x.ai/v1", ("api.x.ai",)),
        "OpenRouter": WellKnown("https://openrouter.ai/api/v1", ("openrouter.ai",)),
        "Together": WellKnown("https://api.together.xyz/v1", ("api.together.xyz",)),
        "Fireworks": WellKnown("https://api.fireworks.ai/inference/v1", ("api.fireworks.ai",)),
        "Cerebras": WellKnown("https://api.cerebras.ai/v1", ("api.cerebras.ai",)),
        "Moonshot": WellKnown("https://api.moonshot.ai/v1", ("api.moonshot.ai",)),
        "ZAI": WellKnown("https://api.z.ai/api/paas/v4", ("api.z.ai",)),
        "Perplexity": WellKnown("https://api.perplexity.ai", ("api.perplexity.ai",)),
    }
)

_HOSTS = {kind.lower(): frozenset(known.hosts) for kind, known in WELL_KNOWN.items()}


def hosts_by_name(key: str) -> frozenset[str]:
    """Where a key may go that says nothing else: to the hosts of the provider that it is named after.

    `openai`, `openai-2` and `OPENAI_API_KEY` are named after one; any other key may go nowhere.
    """
    return _HOSTS.get(re.split("[^a-z]", key.lower(), maxsplit=1)[0], frozenset())
