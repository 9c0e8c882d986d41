"""What reads and writes each wire format, imported when somebody first speaks it.

All formats together are some 220 modules and 5 MiB, and most routers need one.
A first use may come in the watch's thread or on the loop: imports have locks.
"""
# Imports inside of functions are what this file is for.
# ruff: noqa: PLC0415

from optipath_router.chat.request import ReadAsked
from optipath_router.providers.codec import CallerCodec, ProviderCodec
from optipath_router.providers.embedding import EmbeddingCodec
from optipath_router.providers.openai.family import Family


def chat_caller() -> CallerCodec:
    """Of callers who ask for chat completions."""
    from optipath_router.providers.openai.codec import CALLER

    return CALLER


def responses_caller() -> CallerCodec:
    """Of callers who ask for responses."""
    from optipath_router.providers.responses.codec import CALLER

    return CALLER


def messages_caller() -> CallerCodec:
    """Of callers who speak Messages."""
    from optipath_router.providers.anthropic.codec import MESSAGES_CALLER

    return MESSAGES_CALLER


def responses_asked() -> ReadAsked:
    """The lean look at a request for a response."""
    from optipath_router.providers.responses.asked import read_asked

    return read_asked


def messages_asked() -> ReadAsked:
    """The lean look at a request in Messages."""
    from optipath_router.providers.anthropic.asked import read_asked

    return read_asked


def openai(family: Family) -> ProviderCodec:
    """Of OpenAI's chat format, as one of the family speaks it."""
    from optipath_router.providers.openai.codec import OpenAICodec

    return OpenAICodec(family)


def responses() -> ProviderCodec:
    """Of providers that answer at `/responses`."""
    from optipath_router.providers.responses.codec import PROVIDER

    return PROVIDER


def anthropic() -> ProviderCodec:
    """Of Anthropic, and whoever speaks Messages as it does."""
    from optipath_router.providers.anthropic.codec import MESSAGES_PROVIDER

    return MESSAGES_PROVIDER


def gemini() -> ProviderCodec:
    """Of Gemini."""
    from optipath_router.providers.gemini.codec import GEMINI

    return GEMINI


def gemini_embeddings() -> EmbeddingCodec:
    """Of Gemini's embeddings."""
    from optipath_router.providers.gemini.embeddings import read_embeddings, write_embeddings

    return EmbeddingCodec(write_embeddings, read_embeddings)


def ollama() -> ProviderCodec:
    """Of Ollama's own format."""
    from optipath_router.providers.ollama.codec import OLLAMA

    return OLLAMA


def ollama_embeddings() -> EmbeddingCodec:
    """Of Ollama's embeddings."""
    from optipath_router.providers.ollama.embeddings import read_embeddings, write_embeddings

    return EmbeddingCodec(write_embeddings, read_embeddings)
