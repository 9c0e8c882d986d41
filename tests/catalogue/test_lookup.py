"""Names that are listed, and names that are near to one."""

from decimal import Decimal

import pytest

from optipath_operator.catalogue.catalogue import Catalogue
from optipath_operator.catalogue.facts import Facts, LongContext
from optipath_operator.catalogue.format import decode, encode

KNOWN = Facts(
    input_per_mtok=Decimal("0.25"),
    output_per_mtok=Decimal(2),
    per_request=Decimal("0.005"),
    long_context=LongContext(200_000, Decimal("0.5"), Decimal(3)),
    context_window=400_000,
    max_output_tokens=128_000,
    capabilities=frozenset({"Chat", "Tools"}),
    lacks=frozenset({"Vision"}),
)
LIMITS = Facts(
    context_window=400_000,
    max_output_tokens=128_000,
    capabilities=frozenset({"Chat", "Tools"}),
    lacks=frozenset({"Vision"}),
)
CATALOGUE = Catalogue(
    "2026-08-01",
    {
        "OpenAI": {"mini": KNOWN, "mini-2025-08-07": KNOWN, "bare": Facts()},
        "Ollama": {"llama": KNOWN, "llama:70b": KNOWN},
        "Mistral": {"small": KNOWN},
    },
)


@pytest.mark.parametrize(
    ("type_", "model", "expected"),
    [
        ("OpenAI", "mini", KNOWN),
        ("OpenAI", "mini-2025-08-07", KNOWN),
        ("OpenAI", "mini-2027-01-31", LIMITS),
        ("OpenAI", "mini-latest", None),
        ("OpenAI", "mini-2027", None),
        ("OpenAI", "maxi-2027-01-31", None),
        ("OpenAI", "small", None),
        ("Ollama", "llama:70b", KNOWN),
        ("Ollama", "llama:8b-instruct-q4_0", LIMITS),
        ("Ollama", "llama2:8b", None),
        ("Ollama", ":8b", None),
        ("Mistral", "small-2027-01-31", None),
        ("Mistral", "small:8b", None),
        ("VLLM", "mini", None),
    ],
)
def test_looking_up(type_: str, model: str, expected: Facts | None) -> None:
    assert CATALOGUE.facts(type_, model) == expected


def test_a_file_says_what_the_catalogue_said() -> None:
    assert decode(encode(CATALOGUE, [])) == CATALOGUE


def test_a_file_has_one_model_a_line_in_order() -> None:
    backwards = Catalogue(
        CATALOGUE.date,
        {type_: dict(reversed(list(models.items()))) for type_, models in reversed(list(CATALOGUE.models.items()))},
    )
    content = encode(CATALOGUE, [])
    assert encode(backwards, []) == content
    assert sum(line.endswith((b"}", b"},")) for line in content.splitlines() if b'": {"' in line) == 5
