"""Gemini's dialect, the provider's side of it."""

from optipath_router.providers.gemini.codec import GEMINI
from optipath_router.providers.gemini.embeddings import read_embeddings, write_embeddings
from optipath_router.providers.gemini.read_count import read_count
from optipath_router.providers.gemini.write_chat import write_count

__all__ = ["GEMINI", "read_count", "read_embeddings", "write_count", "write_embeddings"]
