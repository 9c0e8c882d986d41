"""Usage, as Ollama tells it."""

from typing import Any

from optipath_router.chat.usage import Usage
from optipath_router.providers.counted import counted


def usage_of(prompt: Any, said: Any) -> Usage | None:
    """The usage in `prompt_eval_count` and `eval_count`.

    None where the prompt has no count: releases up to 2024 leave it out when
    all of the prompt was in their cache, and nobody knows how long it was.
    """
    given = counted(prompt)
    return None if given is None else Usage(given, counted(said) or 0)
