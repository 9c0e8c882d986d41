"""The family that speaks OpenAI's chat dialect: where its members differ, as data.

What a member says is in `sayings`, and written only if it is there; the rest of an entry is how it is spelled.
Whoever is not listed is called as `OpenAICompatible`.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

import msgspec

from optipath_snapshot import Saying


class Thoughts(Enum):
    """Where earlier thoughts stand in a request."""

    NOWHERE = auto()
    REASONING_CONTENT = auto()
    REASONING = auto()
    DETAILS = auto()
    """OpenRouter's `reasoning_details`, which hold signatures."""
    CONTENT = auto()
    """Mistral's parts of type `thinking`."""


class Asking(Enum):
    """How a request says how much to think."""

    NOT = auto()
    EFFORT = auto()
    """`reasoning_effort`."""
    SWITCH = auto()
    """DeepSeek's `thinking.type`, and `reasoning_effort`."""
    REASONING = auto()
    """OpenRouter's object `reasoning`."""
    ENABLE = auto()
    """Alibaba's `enable_thinking` and `thinking_budget`."""


class Documents(Enum):
    """How a document is given."""

    FILE = auto()
    """OpenAI's `file`, with `file_data`."""
    DOCUMENT_URL = auto()
    """Mistral's, which takes a URL alone."""
    FILE_URL = auto()
    """Perplexity's: a URL, or base64 without a media type."""


class Family(msgspec.Struct, frozen=True):
    """One way to speak the dialect."""

    sayings: frozenset[Saying]
    limit: str = "max_tokens"
    """The member that limits the answer's tokens."""
    developer: bool = False
    """Whether `developer` is a role; else it is said by `system`."""
    stream_options: bool = True
    """Whether a stream tells its usage because `stream_options` asks for it. Others tell it anyway."""
    json_schema: bool = True
    """Whether it holds an answer to a schema; else the prompt tells the schema, and JSON mode is asked for."""
    json_object: bool = True
    """Whether it has a JSON mode; else that is a schema of any object."""
    allowed_tools: bool = False
    """Whether `tool_choice` can name those that may be called; else only those are offered."""
    functions: bool = False
    """Whether it knows OpenAI's functions of before tools."""
    safety_identifier: bool = False
    refusals: bool = False
    """Whether a message of the model's has a `refusal`; else it is text."""
    short_call_ids: bool = False
    """Whether the id of a tool call must be nine letters or digits."""
    seed: str = "seed"
    required: str = "required"
    """The choice of tools by which one must be called."""
    thoughts: Thoughts = Thoughts.NOWHERE
    thoughts_with_calls: bool = False
    """Whether a message with tool calls must have its thoughts, if only an empty one."""
    asking: Asking = Asking.EFFORT
    efforts: tuple[str, ...] = ("none", "low", "medium", "high")
    documents: Documents = Documents.FILE
    prefill_in_message: Mapping[str, bool] = {}
    """What makes the last message the begin of the answer: members of that message, and of the request."""
    prefill_in_request: Mapping[str, bool] = {}


_EVERYBODY: Final = {
    Saying.TOOLS,
    Saying.TOOL_CHOICE,
    Saying.ALLOWED_TOOLS,
    Saying.STOP,
    Saying.TOP_P,
    Saying.JSON_MODE,
    Saying.JSON_SCHEMA,
    Saying.LATE_SYSTEM,
    Saying.DOCUMENT_TEXT,
    Saying.THINKING,
}
_IMAGES: Final = {Saying.IMAGE_DATA, Saying.IMAGE_URL}
_SAMPLING: Final = {Saying.SEED, Saying.PENALTIES, Saying.LOGIT_BIAS}
_SEVERAL: Final = {Saying.SEVERAL_CHOICES, Saying.LOG_PROBS}
_PARALLEL: Final = {Saying.PARALLEL_TOOLS}
_STRICT: Final = {Saying.STRICT_TOOLS}

_OPENAI: Final = Family(
    sayings=frozenset(
        _EVERYBODY
        | _IMAGES
        | _SAMPLING
        | _SEVERAL
        | _PARALLEL
        | _STRICT
        | {
            Saying.CUSTOM_TOOLS,
            Saying.DOCUMENT_DATA,
            Saying.AUDIO_INPUT,
            Saying.AUDIO_OUTPUT,
            Saying.VERBOSITY,
            Saying.USER,
            Saying.NAMES,
            Saying.SERVICE_TIER,
            Saying.STORE,
        }
    ),
    limit="max_completion_tokens",
    developer=True,
    allowed_tools=True,
    functions=True,
    safety_identifier=True,
    refusals=True,
    efforts=("none", "minimal", "low", "medium", "high", "xhigh"),
)
_COMPATIBLE: Final = Family(sayings=frozenset(_EVERYBODY | _IMAGES | _SAMPLING | _SEVERAL))

FAMILY: Final[Mapping[str, Family]] = {
    "OpenAI": _OPENAI,
    "AzureOpenAI": _OPENAI,
    "DeepSeek": Family(
        sayings=frozenset(_EVERYBODY | {Saying.PENALTIES, Saying.LOG_PROBS, Saying.NAMES}),
        json_schema=False,
        thoughts=Thoughts.REASONING_CONTENT,
        thoughts_with_calls=True,
        asking=Asking.SWITCH,
        efforts=("low", "medium", "high", "max"),
    ),
    "Qwen": Family(
        sayings=frozenset(
            _EVERYBODY
            | _IMAGES
            | _PARALLEL
            | _SEVERAL
            | {Saying.SEED, Saying.TOP_K, Saying.AUDIO_INPUT, Saying.CACHE_MARKS, Saying.PREFILL}
        ),
        json_schema=False,
        thoughts=Thoughts.REASONING_CONTENT,
        asking=Asking.ENABLE,
        prefill_in_message={"partial": True},
    ),
    "Mistral": Family(
        sayings=frozenset(
            _EVERYBODY
            | _IMAGES
            | _PARALLEL
            | {
                Saying.SEED,
                Saying.PENALTIES,
                Saying.SEVERAL_CHOICES,
                Saying.DOCUMENT_URL,
                Saying.AUDIO_INPUT,
                Saying.PREFILL,
            }
        ),
        stream_options=False,
        short_call_ids=True,
        seed="random_seed",
        required="any",
        thoughts=Thoughts.CONTENT,
        efforts=("none", "high"),
        documents=Documents.DOCUMENT_URL,
        prefill_in_message={"prefix": True},
    ),
    "Groq": Family(
        sayings=frozenset(
            _EVERYBODY | _IMAGES | _PARALLEL | _STRICT | {Saying.SEED, Saying.SERVICE_TIER, Saying.NAMES}
        ),
        limit="max_completion_tokens",
        thoughts=Thoughts.REASONING,
    ),
    "XAI": Family(
        sayings=frozenset(_EVERYBODY | _IMAGES | _PARALLEL | _STRICT | _SEVERAL | {Saying.SEED, Saying.NAMES}),
        limit="max_completion_tokens",
        developer=True,
    ),
    "OpenRouter": Family(
        sayings=frozenset(
            _EVERYBODY
            | _IMAGES
            | _SAMPLING
            | _PARALLEL
            | _STRICT
            | {
                Saying.LOG_PROBS,
                Saying.TOP_K,
                Saying.DOCUMENT_DATA,
                Saying.DOCUMENT_URL,
                Saying.AUDIO_INPUT,
                Saying.VERBOSITY,
                Saying.USER,
                Saying.NAMES,
                Saying.SERVICE_TIER,
                Saying.CACHE_MARKS,
                Saying.PREFILL,
            }
        ),
        limit="max_completion_tokens",
        developer=True,
        thoughts=Thoughts.DETAILS,
        asking=Asking.REASONING,
        efforts=("none", "minimal", "low", "medium", "high", "xhigh"),
    ),
    "Together": Family(
        sayings=frozenset(_EVERYBODY | _IMAGES | _SAMPLING | {Saying.SEVERAL_CHOICES, Saying.TOP_K}),
    ),
    "Fireworks": Family(
        sayings=frozenset(_EVERYBODY | _IMAGES | _SAMPLING | _PARALLEL | {Saying.SEVERAL_CHOICES, Saying.TOP_K}),
        thoughts=Thoughts.REASONING_CONTENT,
    ),
    "Perplexity": Family(
        sayings=frozenset(
            (_EVERYBODY | _IMAGES | {Saying.PENALTIES, Saying.TOP_K, Saying.DOCUMENT_DATA, Saying.DOCUMENT_URL})
            - {Saying.TOOLS, Saying.TOOL_CHOICE, Saying.ALLOWED_TOOLS, Saying.STOP}
        ),
        stream_options=False,
        json_object=False,
        efforts=("minimal", "low", "medium", "high"),
        documents=Documents.FILE_URL,
    ),
    "Cerebras": Family(
        sayings=frozenset(_EVERYBODY | _PARALLEL | _STRICT | {Saying.SEED, Saying.LOG_PROBS}),
        limit="max_completion_tokens",
        thoughts=Thoughts.REASONING,
    ),
    "Moonshot": Family(
        sayings=frozenset(
            (_EVERYBODY | {Saying.IMAGE_DATA, Saying.PENALTIES, Saying.SEVERAL_CHOICES, Saying.PREFILL})
            - {Saying.TOOL_CHOICE}
        ),
        json_schema=False,
        thoughts=Thoughts.REASONING_CONTENT,
        asking=Asking.SWITCH,
        prefill_in_message={"partial": True},
    ),
    "ZAI": Family(
        sayings=frozenset((_EVERYBODY | _IMAGES) - {Saying.TOOL_CHOICE}),
        json_schema=False,
        thoughts=Thoughts.REASONING_CONTENT,
        asking=Asking.SWITCH,
    ),
    "VLLM": Family(
        sayings=frozenset(
            _EVERYBODY | _IMAGES | _SAMPLING | _SEVERAL | {Saying.TOP_K, Saying.AUDIO_INPUT, Saying.PREFILL}
        ),
        thoughts=Thoughts.REASONING,
        prefill_in_request={"add_generation_prompt": False, "continue_final_message": True},
    ),
    "Ollama": Family(
        sayings=frozenset(
            (_EVERYBODY | {Saying.IMAGE_DATA, Saying.SEED, Saying.PENALTIES}) - {Saying.TOOL_CHOICE},
        ),
        thoughts=Thoughts.REASONING,
    ),
    "OpenAICompatible": _COMPATIBLE,
}
"""By type of provider."""
