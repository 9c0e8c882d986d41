"""Looking a model up by the name that its provider knows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from optipath_operator.catalogue.facts import Facts

_DATED = re.compile(r"(?P<model>.+)-\d{4}-\d{2}-\d{2}")


def undated(model: str) -> str | None:
    """The name that a snapshot such as `gpt-5-mini-2025-08-07` is a dated version of."""
    match = _DATED.fullmatch(model)
    return match["model"] if match else None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Facts by type of provider and name of model, as of a date."""

    date: str
    """Day of the newest data in it, as in 2026-08-01."""
    models: Mapping[str, Mapping[str, Facts]]

    def facts(self, type: str, model: str) -> Facts | None:  # noqa: A002 - the field's name in a ModelProvider
        """What is known about `model`, a name as the provider's API wants it; None where that is nothing."""
        models = self.models.get(type, {})
        return models.get(model) or _relative(type, model, models)


def _relative(type: str, model: str, models: Mapping[str, Facts]) -> Facts | None:  # noqa: A002 - as above
    """What a close relative tells about a model that is not listed: never its price."""
    match type:
        case "OpenAI":
            # Snapshots that are not listed are newer than the list. Of 29 listed, 28 cost what their
            # undated name costs; the other cost twice as much.
            relative = undated(model)
        case "Ollama":
            # A tag names a size or a quantisation of one model.
            relative = model.partition(":")[0]
        case _:
            relative = None
    found = models.get(relative) if relative else None
    return found.unpriced() if found else None
