"""A request to go on with a chat, in words that no dialect owns."""

from enum import StrEnum

import msgspec

from optipath_router.chat.conversation import CacheMark, Extra, Message, Wire


class Tool(msgspec.Struct, frozen=True):
    """A function that the caller offers."""

    name: str
    description: str | None = None
    parameters: msgspec.Raw | None = None
    """JSON Schema of its arguments; None where it takes none, or where it is `custom`."""
    strict: bool | None = None
    """Whether the arguments must keep to the schema to the letter."""
    custom: bool = False
    """Whether it takes free text instead of JSON."""
    format: msgspec.Raw | None = None
    """The grammar of that text."""
    cache: CacheMark | None = None
    extra: Extra | None = None


class HostedTool(msgspec.Struct, frozen=True):
    """A tool that the provider runs by itself."""

    wire: Wire
    raw: msgspec.Raw
    name: str = ""
    """Its type, as the dialect names it, such as `web_search`."""


class Choosing(StrEnum):
    """How free the model is to call a tool."""

    AUTO = "auto"
    NONE = "none"
    REQUIRED = "required"
    ONE = "one"
    """A certain one, by name."""


class ToolChoice(msgspec.Struct, frozen=True):
    """Which tools the model may or must call."""

    choosing: Choosing
    names: tuple[str, ...] = ()
    """The one that must be called; or those that may be, where not all of them may."""
    custom: bool = False
    extra: Extra | None = None


class JsonObject(msgspec.Struct, frozen=True):
    """The answer must be a JSON object."""


class JsonSchema(msgspec.Struct, frozen=True):
    """The answer must be JSON after this schema."""

    schema: msgspec.Raw
    name: str | None = None
    description: str | None = None
    strict: bool | None = None


class Thinking(msgspec.Struct, frozen=True):
    """How much the model should think, and how much of it to show."""

    enabled: bool | None = None
    """None where only an effort or budget is named."""
    effort: str | None = None
    """`none` `minimal` `low` `medium` `high` `xhigh` `max`."""
    budget_tokens: int | None = None
    summary: str | None = None
    """How much of a summary is wanted, such as `auto`."""
    shown: bool | None = None
    """Whether the thoughts should stand in the answer, where that can be asked for."""
    extra: Extra | None = None


class Chat(msgspec.Struct, frozen=True):
    """Everything that a request asks of a model but which model it is, and whether it streams."""

    wire: Wire
    """In which it was asked."""
    messages: tuple[Message, ...]
    tools: tuple[Tool | HostedTool, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    logit_bias: msgspec.Raw | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    n: int | None = None
    format: JsonObject | JsonSchema | None = None
    thinking: Thinking | None = None
    verbosity: str | None = None
    modalities: tuple[str, ...] = ()
    """What the answer may be made of, such as `text` and `audio`; nothing where that is not said."""
    audio: msgspec.Raw | None = None
    """Voice and format of a spoken answer, in OpenAI's chat format."""
    user: str | None = None
    """Whom the caller serves, as the caller names them."""
    safety_identifier: str | None = None
    """The same for the provider's watch over misuse, where it has a name of its own."""
    metadata: msgspec.Raw | None = None
    service_tier: str | None = None
    store: bool | None = None
    cache: CacheMark | None = None
    """Where the whole prompt is to be cached, and not up to a mark in it."""
    cache_key: str | None = None
    legacy_functions: bool = False
    """Whether tools are called functions, one at a time and without ids, as OpenAI had them before tools."""
    sealed_thoughts: bool | None = None
    """Whether hidden thoughts should come back encrypted, for a caller that keeps the conversation by itself."""
    extra: Extra | None = None
    """Other members of the request."""
