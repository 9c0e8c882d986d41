"""What is known about one model at one type of provider."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class LongContext:
    """Prices that hold for the whole request once its input is longer, in dollars per million tokens."""

    above_input_tokens: int
    input_per_mtok: Decimal
    output_per_mtok: Decimal


@dataclass(frozen=True, slots=True)
class Facts:
    """Prices in dollars (`_per_mtok`: per million tokens), limits in tokens. None is what nobody recorded."""

    input_per_mtok: Decimal | None = None
    output_per_mtok: Decimal | None = None
    cached_input_per_mtok: Decimal | None = None
    cache_write_per_mtok: Decimal | None = None
    audio_input_per_mtok: Decimal | None = None
    audio_output_per_mtok: Decimal | None = None
    per_image: Decimal | None = None
    per_request: Decimal | None = None
    long_context: LongContext | None = None
    context_window: int | None = None
    """Input and output tokens together."""
    max_output_tokens: int | None = None
    capabilities: frozenset[str] = frozenset()
    """What a source says is there."""
    lacks: frozenset[str] = frozenset()
    """What a source says is not there. What is in neither set is unknown, and no reason to leave a target out."""

    @property
    def priced(self) -> bool:
        """Whether tokens have a known price, be it zero."""
        return self.input_per_mtok is not None and self.output_per_mtok is not None

    def unpriced(self) -> "Facts":
        """Limits and capabilities alone."""
        return Facts(
            context_window=self.context_window,
            max_output_tokens=self.max_output_tokens,
            capabilities=self.capabilities,
            lacks=self.lacks,
        )


EXTRA_PRICES = (
    "cached_input_per_mtok",
    "cache_write_per_mtok",
    "audio_input_per_mtok",
    "audio_output_per_mtok",
    "per_image",
    "per_request",
)
"""Fields for what is billed besides fresh input and output."""

PRICES = ("input_per_mtok", "output_per_mtok", *EXTRA_PRICES, "long_context")
"""All fields that say what something costs."""
