"""ModelProvider: an account with somebody who serves models, and the models it has."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AliasGenerator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from optipath_operator.resources.base import Cel, Spec
from optipath_operator.resources.boundary import HandlingSpec
from optipath_operator.resources.endpoint import EndpointSpec
from optipath_operator.resources.lists import map_by, ordered, set_of
from optipath_operator.resources.scalars import Day, Fraction, KeyName, ModelName, Money, ShortText
from optipath_operator.resources.sharing import SharingSpec
from optipath_snapshot import WELL_KNOWN, Capability

ProviderType = Literal[
    "OpenAI",
    "AzureOpenAI",
    "Anthropic",
    "Gemini",
    "Mistral",
    "DeepSeek",
    "Qwen",
    "Groq",
    "XAI",
    "OpenRouter",
    "Together",
    "Fireworks",
    "Perplexity",
    "Cerebras",
    "Moonshot",
    "ZAI",
    "Ollama",
    "VLLM",
    "OpenAICompatible",
]

Tokens = Annotated[int, Field(strict=True, ge=1, le=100_000_000)]


class LongContextSpec(Spec):
    """Prices that hold for a whole request once its input is long."""

    above_input_tokens: Tokens
    """Input tokens above which these prices hold."""
    input_per_mtok: Money
    """Dollars per million input tokens."""
    output_per_mtok: Money
    """Dollars per million output tokens."""


class PricingSpec(Spec):
    """What a model costs. A price that is given nowhere is not known; it is never taken for nothing."""

    input_per_mtok: Money | None = None
    """Dollars per million input tokens."""
    output_per_mtok: Money | None = None
    """Dollars per million output tokens."""
    cached_input_per_mtok: Money | None = None
    """Dollars per million input tokens that the provider's prompt cache had."""
    cache_write_per_mtok: Money | None = None
    """Dollars per million input tokens written to the provider's prompt cache."""
    audio_input_per_mtok: Money | None = None
    """Dollars per million audio tokens heard."""
    audio_output_per_mtok: Money | None = None
    """Dollars per million audio tokens spoken."""
    per_image: Money | None = None
    """Dollars per image made."""
    per_request: Money | None = None
    """Dollars per request, whatever its length."""
    long_context: LongContextSpec | None = None
    """Prices of long requests."""


class QualitySpec(Spec):
    """How good a model is, 0 to 1, by task type; `default` where a task type is not named."""

    # Named like the task types, which begin with a capital.
    model_config = ConfigDict(alias_generator=AliasGenerator(alias=str))

    default: Fraction | None = None
    """Quality at tasks of a type that is not named here."""
    code: Annotated[Fraction | None, Field(alias="Code")] = None
    """Quality at writing and understanding programs."""
    math: Annotated[Fraction | None, Field(alias="Math")] = None
    """Quality at mathematics."""
    reasoning: Annotated[Fraction | None, Field(alias="Reasoning")] = None
    """Quality at reasoning in several steps."""
    writing: Annotated[Fraction | None, Field(alias="Writing")] = None
    """Quality at writing texts."""
    roleplay: Annotated[Fraction | None, Field(alias="Roleplay")] = None
    """Quality at playing a part."""
    translation: Annotated[Fraction | None, Field(alias="Translation")] = None
    """Quality at translating."""
    summarization: Annotated[Fraction | None, Field(alias="Summarization")] = None
    """Quality at summarizing."""
    extraction: Annotated[Fraction | None, Field(alias="Extraction")] = None
    """Quality at finding facts in a text."""
    classification: Annotated[Fraction | None, Field(alias="Classification")] = None
    """Quality at sorting texts into classes."""
    rewriting: Annotated[Fraction | None, Field(alias="Rewriting")] = None
    """Quality at rewriting a text."""
    qa: Annotated[Fraction | None, Field(alias="QA")] = None
    """Quality at answering questions."""
    chat: Annotated[Fraction | None, Field(alias="Chat")] = None
    """Quality at conversation."""


class QualitySourceSpec(Spec):
    """Who found out how good a model is, and when; shown with every score that rests on it."""

    name: ShortText
    """An evaluation of your own, or a public one."""
    date: Day
    """The day of its results."""


class ModelSpec(Spec):
    """A model that the provider serves. Facts left out come from the built-in catalogue where it has them."""

    name: ModelName
    """The name that policies and apps use."""
    upstream_name: ModelName | None = None
    """The name that the provider knows, if it is another one."""
    pricing: PricingSpec | None = None
    """What it costs. Given in part, the rest is not taken from the catalogue."""
    context_window: Tokens | None = None
    """How many tokens input and output may have together."""
    max_output_tokens: Tokens | None = None
    """How many tokens an answer may have."""
    capabilities: Annotated[tuple[Capability, ...] | None, set_of(at_most=len(Capability), at_least=1)] = None
    """Everything it can do. What is not named here is not asked of it."""
    quality: QualitySpec | None = None
    """How good it is, by task type."""
    quality_source: QualitySourceSpec | None = None
    """Where `quality` is from, and of when."""


class CredentialsSpec(Spec):
    """Which keys of the namespace's credentials Secret to use; never a key itself."""

    keys: Annotated[tuple[KeyName, ...], ordered(at_most=8, at_least=1)]
    """Names of keys in the Secret `optipath-credentials`. The first is used, the next back it up.

    A key goes to the hosts in `<key>.hosts` of the Secret, or if that is not there, to those of the provider that it
    is named after, such as `openai` or `openai-2`.
    """


class AzureSpec(Spec):
    """What Azure OpenAI alone needs to know."""

    api_version: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(-preview)?$", max_length=18)] | None = None
    """Version of the API, such as `2024-10-21`, where models are deployments.

    If not given, the API is called that needs none.
    """


class LimitsSpec(Spec):
    """How much of a provider to use."""

    max_concurrent: Annotated[int, Field(strict=True, ge=1, le=100_000)] | None = None
    """How many attempts each router, which means each pod, may have under way at once; any number if not given."""


class ModelProviderSpec(Spec):
    """An account with somebody who serves models."""

    cel: ClassVar = (
        Cel("self.type == oldSelf.type", "type cannot be changed; make another ModelProvider"),
        Cel(
            f"self.type in {sorted(WELL_KNOWN)} || (has(self.endpoint) && has(self.endpoint.url))",
            "endpoint.url is needed: this type has no address of its own",
        ),
        Cel("!has(self.azure) || self.type == 'AzureOpenAI'", "azure is for the type AzureOpenAI alone"),
        Cel(
            "self.type != 'Ollama' || !has(self.endpoint) || !has(self.endpoint.url) "
            "|| !self.endpoint.url.matches('/v1/?$')",
            "Ollama is called by its own API, whose URL has no /v1; its other one is of type OpenAICompatible",
        ),
    )

    type: ProviderType
    """Who or what it is; cannot be changed. Well-known types bring their URL and the hosts that keys may go to."""
    endpoint: EndpointSpec | None = None
    """Where it is found."""
    credentials: CredentialsSpec | None = None
    """Which keys to use; none where the provider asks for none."""
    azure: AzureSpec | None = None
    """What Azure OpenAI alone needs to know; its endpoint is the resource's, such as `https://NAME.openai.azure.com`."""
    models: Annotated[tuple[ModelSpec, ...], map_by("name", at_most=200, at_least=1)]
    """The models to use of it, each a target that policies can name."""
    boundary: HandlingSpec = HandlingSpec()
    """What becomes of what it is sent; the boundaries of policies are checked against it."""
    limits: LimitsSpec = LimitsSpec()
    """How much of it to use."""
    sharing: SharingSpec = SharingSpec()
    """Who else may route to it."""

    @model_validator(mode="after")
    def _has_an_address(self) -> Self:
        if self.type not in WELL_KNOWN and (self.endpoint is None or self.endpoint.url is None):
            raise PydanticCustomError(
                "endpoint", "needs endpoint.url, for type {type} has no address of its own", {"type": self.type}
            )
        return self

    @model_validator(mode="after")
    def _is_called_as_its_type_is(self) -> Self:
        if self.azure is not None and self.type != "AzureOpenAI":
            raise PydanticCustomError(
                "azure",
                "must not have azure, which is for the type AzureOpenAI, and its own is {type}",
                {"type": self.type},
            )
        url = self.endpoint.url if self.endpoint else None
        if self.type == "Ollama" and url is not None and url.rstrip("/").endswith("/v1"):
            raise PydanticCustomError(
                "endpoint",
                "must have a URL without /v1: Ollama is called by its own API; its OpenAI-compatible one is of type "
                "OpenAICompatible",
            )
        return self
