"""The dialect of every type of provider, with an exchange for each surface that its targets can serve."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final
from urllib.parse import quote

from msgspec.structs import replace

from optipath_router.chat.conversation import Wire
from optipath_router.providers import codecs
from optipath_router.providers.anthropic import facts
from optipath_router.providers.anthropic import sayings as anthropic
from optipath_router.providers.anthropic.counting import CountPassage
from optipath_router.providers.codec import ProviderCodec
from optipath_router.providers.dialect import Dialect, Exchange
from optipath_router.providers.embedding import EmbeddingTranslation
from optipath_router.providers.gemini import sayings as gemini
from optipath_router.providers.held import Held
from optipath_router.providers.ollama import sayings as ollama
from optipath_router.providers.openai import passages
from optipath_router.providers.openai.dialect import ChatPassage
from optipath_router.providers.openai.family import FAMILY, Family
from optipath_router.providers.passage import Passage
from optipath_router.providers.surfaces import TRANSLATED
from optipath_router.providers.translation import Translation
from optipath_snapshot import Provider, Saying

_ANSWER_RESPONSES: Final = frozenset({"OpenAI", "AzureOpenAI", "XAI", "OpenRouter"})
"""Of OpenAI's family, those that serve Responses themselves."""
_CHOOSE_MODELS: Final = frozenset({"OpenRouter"})
"""Those that serve another model than the one asked for, if a request lets them."""
_RESPONSES_PATH: Final = "/responses"


def _translations(
    codec: Callable[[], ProviderCodec], sayings: frozenset[Saying], *downgrades: Saying
) -> dict[Wire, Exchange]:
    """To a provider, from every surface that has chats."""
    return {surface.wire: Translation(surface, codec, sayings, downgrades) for surface in TRANSLATED}


def _of_family(name: str, family: Family) -> Dialect:
    """OpenAI's chat format, as one of those who speak it does."""
    told = family.stream_options
    exchanges: dict[Wire, Exchange] = {
        **_translations(partial(codecs.openai, family), family.sayings),
        Wire.CHAT: ChatPassage(family),
        Wire.COMPLETIONS: passages.COMPLETIONS if told else passages.COMPLETIONS_UNASKED,
        Wire.EMBEDDINGS: passages.EMBEDDINGS,
        Wire.MODERATIONS: passages.MODERATIONS,
    }
    if name in _ANSWER_RESPONSES:
        exchanges[Wire.RESPONSES] = Passage(codecs.responses, _RESPONSES_PATH)
    if name in _CHOOSE_MODELS:
        exchanges |= {wire: Held(found) for wire, found in exchanges.items() if found.sayings is None}
    without = replace(family, json_schema=False)
    weaker = _translations(partial(codecs.openai, without), without.sayings, Saying.JSON_SCHEMA)
    if name == "AzureOpenAI":
        return Dialect(exchanges, weaker, key_header=b"api-key", key_prefix=b"", located=_at_azure)
    return Dialect(exchanges, weaker, knows_schema=family.json_schema)


def _at_azure(provider: Provider, model: str, path: str) -> str:
    """A path on an Azure resource: of a deployment where a version of the API is named, else of the newest one."""
    version = provider.azure_api_version
    if version is None:
        return f"/openai/v1{path}"
    query = f"?api-version={quote(version)}"
    return f"/openai{path}{query}" if path == _RESPONSES_PATH else f"/openai/deployments/{quote(model)}{path}{query}"


_ANTHROPIC: Final = Dialect(
    {
        **_translations(codecs.anthropic, anthropic.SAYINGS),
        Wire.MESSAGES: Passage(codecs.anthropic, facts.MESSAGES_PATH, facts.PASSED_HEADERS),
        Wire.COUNT_TOKENS: CountPassage(),
    },
    key_header=facts.KEY_HEADER.encode(),
    key_prefix=b"",
    headers=((facts.VERSION_HEADER.encode(), facts.VERSION.encode()),),
)
_GEMINI: Final = Dialect(
    {
        **_translations(codecs.gemini, gemini.SAYINGS),
        Wire.EMBEDDINGS: EmbeddingTranslation(codecs.gemini_embeddings),
    },
    key_header=b"x-goog-api-key",
    key_prefix=b"",
)
_OLLAMA: Final = Dialect(
    {
        **_translations(codecs.ollama, ollama.SAYINGS),
        Wire.EMBEDDINGS: EmbeddingTranslation(codecs.ollama_embeddings),
    }
)

DIALECTS: Final[Mapping[str, Dialect]] = {
    **{name: _of_family(name, family) for name, family in FAMILY.items()},
    "Anthropic": _ANTHROPIC,
    "Gemini": _GEMINI,
    "Ollama": _OLLAMA,
}
"""By type of provider. A type of a newer operator's is not here, and its targets cannot be called."""


def load(types: Iterable[str]) -> None:
    """Load what callers of chat completions will need of these types of provider, before one of them has to wait."""
    for name in types:
        exchange = DIALECTS[name].exchanges.get(Wire.CHAT)
        if isinstance(exchange, Translation):
            exchange.load()
