"""A prediction: what the model says of a text."""

import msgspec

from optipath_router.classify.model.pools import Outlook


class Prediction(msgspec.Struct, frozen=True):
    """What a request is about, how hard it is, and who would do well on it."""

    tasks: tuple[tuple[str, float], ...]
    """All task types with their probabilities, the likeliest first."""
    domain: str
    domain_probability: float
    difficulty: float
    """0 to 1: the share of recorded models expected to fail on it."""
    need: float
    """0 to 1: how much it wants the better of two models of which nothing is known but their order."""
    language: str
    """ISO 639-1."""
    language_share: float
    """How much of what was looked at speaks for it."""
    cues: tuple[str, ...]
    """What spoke most for the likeliest task type; never the prompt's own words."""
    difficulty_cues: tuple[str, ...]
    """What moved the difficulty most, each with a sign."""
    outlook: Outlook
    """Quality of the models that are known."""

    def quality(self, model: str) -> float | None:
        """Expected quality of a model by any of its names; None where nothing like it was recorded."""
        return self.outlook.quality(model)
