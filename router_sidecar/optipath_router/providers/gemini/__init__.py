"""Gemini's dialect, the provider's side of it."""
