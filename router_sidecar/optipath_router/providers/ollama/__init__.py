"""Ollama's own dialect, the provider's side of it."""

from optipath_router.providers.ollama.codec import OLLAMA
from optipath_router.providers.ollama.embeddings import read_embeddings, write_embeddings

__all__ = ["OLLAMA", "read_embeddings", "write_embeddings"]
