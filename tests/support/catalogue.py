"""A catalogue of a few models that never existed, so that no refresh of the real one changes a test."""

from decimal import Decimal

from optipath_operator.catalogue.catalogue import Catalogue
from optipath_operator.catalogue.facts import Facts, LongContext

PAPER_CATALOGUE = Catalogue(
    "2026-01-02",
    {
        "OpenAI": {
            "paper-large": Facts(
                input_per_mtok=Decimal("1.25"),
                output_per_mtok=Decimal(10),
                cached_input_per_mtok=Decimal("0.125"),
                long_context=LongContext(200_000, Decimal("2.5"), Decimal(15)),
                context_window=400_000,
                max_output_tokens=128_000,
                capabilities=frozenset({"Chat", "Tools", "Vision", "JSONSchema"}),
                lacks=frozenset({"AudioOutput", "AudioInput"}),
            ),
            "paper-small": Facts(
                input_per_mtok=Decimal("0.25"),
                output_per_mtok=Decimal(2),
                context_window=128_000,
                capabilities=frozenset({"Chat"}),
            ),
            "paper-unpriced": Facts(context_window=64_000, max_output_tokens=4_000),
        },
        "OpenRouter": {
            "paper/free": Facts(input_per_mtok=Decimal(0), output_per_mtok=Decimal(0), context_window=32_000),
        },
    },
)
