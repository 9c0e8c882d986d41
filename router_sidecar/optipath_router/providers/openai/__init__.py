"""OpenAI's chat completions, which most providers speak, and its surfaces beside them."""
