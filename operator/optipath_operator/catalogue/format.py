"""The catalogue as a file: JSON with one model on each line, so that a change reads well in a diff.

The same catalogue always makes the same bytes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

from optipath_operator.catalogue.catalogue import Catalogue
from optipath_operator.catalogue.facts import Facts, LongContext

Source = Mapping[str, str]
"""Where facts come from: name, date, licence, copyright."""

_DECIMALS = frozenset(field.name for field in fields(Facts) if field.name.endswith("_per_mtok")) | {
    "per_image",
    "per_request",
}


def encode(catalogue: Catalogue, sources: Sequence[Source]) -> bytes:
    """The file for a catalogue, types and models in alphabetical order."""
    types = ",\n".join(
        f"{json.dumps(type_)}: {{\n{_lines(models)}\n}}" for type_, models in sorted(catalogue.models.items())
    )
    header = f'"date": {json.dumps(catalogue.date)},\n"sources": {json.dumps(sources, indent=0)}'
    return f'{{\n{header},\n"models": {{\n{types}\n}}\n}}\n'.encode()


def decode(content: bytes) -> Catalogue:
    """The catalogue in a file that `encode` made."""
    parsed = json.loads(content)
    models = {
        type_: {model: _facts(entry) for model, entry in entries.items()} for type_, entries in parsed["models"].items()
    }
    return Catalogue(parsed["date"], models)


def _lines(models: Mapping[str, Facts]) -> str:
    return ",\n".join(f"{json.dumps(model)}: {json.dumps(_entry(facts))}" for model, facts in sorted(models.items()))


def _entry(facts: Facts) -> dict[str, Any]:
    """Facts without what is unknown."""
    return {name: _plain(value) for name, value in asdict(facts).items() if value is not None and value != frozenset()}


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return format(value, "f")
        case frozenset():
            return sorted(value)
        case dict():
            return {name: _plain(inner) for name, inner in value.items()}
        case _:
            return value


def _facts(entry: dict[str, Any]) -> Facts:
    values: dict[str, Any] = {name: Decimal(value) if name in _DECIMALS else value for name, value in entry.items()}
    for name in ("capabilities", "lacks"):
        values[name] = frozenset(values.get(name, ()))
    if tier := values.get("long_context"):
        values["long_context"] = LongContext(
            tier["above_input_tokens"], Decimal(tier["input_per_mtok"]), Decimal(tier["output_per_mtok"])
        )
    return Facts(**values)
