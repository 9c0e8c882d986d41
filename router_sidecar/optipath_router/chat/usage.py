"""Usage: the tokens that an answer took, in one way of counting for all dialects."""

import msgspec


class Usage(msgspec.Struct, frozen=True):
    """Tokens of one answer, as the provider counted them, or else as we estimate them."""

    input_tokens: int
    """All of the input: what a prompt cache had, what was written to one, and audio included."""
    output_tokens: int
    """All of the output, reasoning and audio included."""
    cached_input_tokens: int = 0
    reasoning_tokens: int = 0
    cache_write_tokens: int = 0
    audio_input_tokens: int = 0
    audio_output_tokens: int = 0
    estimated: bool = False
    """Whether nobody counted them."""
