"""Features: what can be seen in a request without asking a model.

A feature that no policy in force asks for is not computed, and None. What is
computed says what it was seen from, never in the words of the prompt.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from optipath_router.chat.conversation import Wire
from optipath_snapshot import Capability, Saying


class TaskType(StrEnum):
    """What a request wants done; spelled as a ModelProvider declares quality."""

    CODE = "Code"
    MATH = "Math"
    REASONING = "Reasoning"
    WRITING = "Writing"
    ROLEPLAY = "Roleplay"
    TRANSLATION = "Translation"
    SUMMARIZATION = "Summarization"
    EXTRACTION = "Extraction"
    CLASSIFICATION = "Classification"
    REWRITING = "Rewriting"
    QA = "QA"
    CHAT = "Chat"


class Modality(StrEnum):
    """What a request is made of."""

    TEXT = "Text"
    IMAGE = "Image"
    AUDIO = "Audio"
    DOCUMENT = "Document"


class Timeliness(StrEnum):
    """How a request stands to the present."""

    FRESH = "Fresh"
    """It asks for facts of today."""
    URGENT = "Urgent"
    """Its author is in a hurry."""


class Sensitivity(StrEnum):
    """What a request holds that should not go everywhere."""

    PII = "PII"
    """Data of a person."""
    SECRET = "Secret"  # noqa: S105  a word, and none
    """Keys, passwords, tokens."""


class Features(msgspec.Struct, frozen=True):
    """What deciding looks at."""

    model: str
    """What the app asked for."""
    input_tokens: int
    """An estimate; see classify/tokens.py."""
    output_tokens: int | None = None
    """The most that the app asked for; None where it named no limit."""
    answers: int = 1
    """How many answers are wanted, each as long as that."""
    needs: frozenset[Capability] = frozenset()
    """What a model must be able to do to serve the request."""
    wire: Wire = Wire.CHAT
    """The format in which it is asked, and answered."""
    says: frozenset[Saying] | None = None
    """What not every dialect can say; None where every provider in force speaks the caller's."""
    others: tuple[str, ...] = ()
    """Names of members by which it says what only the caller's dialect knows; a few of them."""
    streams: bool = False
    """Whether the answer is wanted piece by piece."""
    headers: Mapping[str, str] | None = None
    """Names in lower case."""
    turns: int = 1
    """Messages of the user's."""
    modalities: frozenset[Modality] = frozenset({Modality.TEXT})
    tasks: tuple[tuple[TaskType, float], ...] | None = None
    """Task types with their probabilities, the likeliest first."""
    domain: str | None = None
    difficulty: float | None = None
    """How demanding it is, 0 to 1."""
    language: str | None = None
    """ISO 639-1."""
    timeliness: frozenset[Timeliness] | None = None
    freshness_known: bool = True
    """Whether `timeliness` would have Fresh; a hint of haste alone says nothing of it."""
    sensitivity: frozenset[Sensitivity] | None = None
    looked_through: bool = True
    """Whether nothing sensitive can be where `sensitivity` did not look: in a picture, or in too much text."""
    at: float | None = None
    """When it came, in seconds since 1970."""
    known_quality: Mapping[str, float] | None = None
    """Quality on this request that the routing model predicts for models that it knows, by their declared names."""
    conversation: str | None = None
    """A digest of how the conversation began: the same for each of its turns."""
    seen: Mapping[str, str] | None = None
    """What a feature was seen from, by its name."""

    @property
    def task(self) -> TaskType | None:
        """The likeliest task type."""
        return self.tasks[0][0] if self.tasks else None
