"""Makes the built-in catalogue: `python -m optipath_operator.catalogue.make FIXTURES/prices`."""

import argparse
import sys
from pathlib import Path

from optipath_operator.catalogue.catalogue import Catalogue
from optipath_operator.catalogue.facts import Facts
from optipath_operator.catalogue.format import encode
from optipath_operator.catalogue.sources import litellm, models_dev
from optipath_operator.catalogue.sources.merge import catalogue, disagree

TARGET = Path(__file__).with_name("models.json")


def make(litellm_map: str, models_dev_database: str) -> tuple[bytes, str]:
    """The catalogue's file and a summary for whoever made it, from the contents of both sources."""
    newer, older = litellm.read(litellm_map), models_dev.read(models_dev_database)
    made = catalogue(newer, older)
    differing = [
        f"  {type_} {model}: {_tokens(facts)} in the newer, {_tokens(older[type_, model])} in the older"
        for (type_, model), facts in sorted(newer.chat.items())
        if (type_, model) in older and disagree(facts, older[type_, model])
    ]
    return encode(made, [litellm.SOURCE, models_dev.SOURCE]), _summary(made, differing)


def _tokens(facts: Facts) -> str:
    return f"{facts.input_per_mtok}/{facts.output_per_mtok}"


def _summary(made: Catalogue, differing: list[str]) -> str:
    counts = [
        f"{type_:<12} {len(models):>4} models, {sum(facts.priced for facts in models.values()):>4} with a price"
        for type_, models in made.models.items()
    ]
    total = sum(map(len, made.models.values()))
    return "\n".join(
        [
            *counts,
            f"{total} chat models as of {made.date}",
            f"sources differ on {len(differing)} prices (dollars per million tokens, input/output):",
            *differing,
            "",
        ]
    )


def main() -> None:
    """Read both sources from a folder and write the packaged file."""
    parser = argparse.ArgumentParser(prog="python -m optipath_operator.catalogue.make", description=__doc__)
    parser.add_argument("prices", type=Path, help="folder with litellm_model_prices.json and models_dev.json")
    prices: Path = parser.parse_args().prices
    content, summary = make(
        (prices / "litellm_model_prices.json").read_text(encoding="utf-8"),
        (prices / "models_dev.json").read_text(encoding="utf-8"),
    )
    TARGET.write_bytes(content)
    sys.stdout.write(summary)


if __name__ == "__main__":
    main()
