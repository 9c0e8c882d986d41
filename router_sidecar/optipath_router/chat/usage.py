"""Usage: the tokens that an answer took, in one way of counting for all dialects."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answer, as the provider counted them."""

    input_tokens: int
    """All of the input, what a prompt cache had included."""
    output_tokens: int
    """All of the output, reasoning included."""
    cached_input_tokens: int = 0
    reasoning_tokens: int = 0
