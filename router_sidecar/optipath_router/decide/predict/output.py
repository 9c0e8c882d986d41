"""How many tokens a request will probably take, and above all how long an answer will be.

Every model is assumed to say as much: recorded answers differ more by task
than by model, and what a reasoning model thinks is not known beforehand.
Where fixtures/routing has recorded lengths (136 tokens for word problems, 357
for competition mathematics, 159 for reading code, 106 for questions with
explained choices) the table follows their means; elsewhere it is a plain guess, by the
prompt's length where an answer repeats the prompt in other words.
"""

from collections.abc import Mapping
from typing import Final

from optipath_router.chat.conversation import Wire
from optipath_router.chat.features import Features, TaskType

# Tokens whatever the prompt, and more for each token of the prompt, up to so many.
_USUAL: Final[Mapping[TaskType, tuple[int, float, int]]] = {
    TaskType.CODE: (350, 0.2, 2000),
    TaskType.MATH: (200, 0.5, 600),
    TaskType.REASONING: (250, 0.3, 800),
    TaskType.WRITING: (600, 0.2, 1500),
    TaskType.ROLEPLAY: (250, 0.0, 250),
    TaskType.TRANSLATION: (10, 1.0, 8000),
    TaskType.SUMMARIZATION: (80, 0.15, 800),
    TaskType.EXTRACTION: (30, 0.1, 500),
    TaskType.CLASSIFICATION: (15, 0.0, 15),
    TaskType.REWRITING: (10, 1.0, 8000),
    TaskType.QA: (110, 0.05, 400),
    TaskType.CHAT: (250, 0.1, 500),
}
UNSEEN: Final = 250
"""Tokens, where the task type was not seen."""
_WORDLESS: Final = frozenset({Wire.EMBEDDINGS, Wire.MODERATIONS, Wire.COUNT_TOKENS})
"""What is answered in numbers: a model says nothing."""
_FREE: Final = frozenset({Wire.MODERATIONS, Wire.COUNT_TOKENS})
"""What is booked without any tokens."""


def billed_input(features: Features) -> int:
    """Tokens of the prompt, as far as they are booked."""
    return 0 if features.wire in _FREE else features.input_tokens


def expected_output(features: Features) -> float:
    """Tokens of the answer: the mean over the task types, and no more than the app asked for at most."""
    if features.wire in _WORDLESS:
        return 0.0
    tasks, prompt = features.tasks, features.input_tokens
    if tasks:
        expected = shared = 0.0
        for task, share in tasks:
            usual, more, most = _USUAL[task]
            expected += share * min(usual + more * prompt, most)
            shared += share
        # Shares that are left out of the list are spread as those that are in it.
        expected /= shared or 1.0
    else:
        expected = float(UNSEEN)
    asked = features.output_tokens
    return expected if asked is None else min(expected, asked)
