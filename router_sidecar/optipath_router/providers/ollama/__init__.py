"""Ollama's own dialect, the provider's side of it."""
