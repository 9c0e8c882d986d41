"""A recogniser for OptiPath: whoever is told to answer with certain words in the system prompt has a certain task."""

from collections.abc import Mapping

from optipath_router.chat.features import Features
from optipath_router.chat.request import ChatRequest
from optipath_router.classify.plugins import Recognised, Recogniser

_LOOKED_AT = 2000
"""Characters of a system prompt; a recogniser must be quick."""


def make(config: Mapping[str, str]) -> Recogniser:
    """The recogniser: config names, for a task type, a word that tells it, such as `{"Code": "sql"}`."""
    words = {task: word.lower() for task, word in config.items()}

    def recognise(request: ChatRequest, _: Features) -> Recognised | None:
        system = next((each.content for each in request.asked.messages if each.role == "system"), None)
        if not isinstance(system, str):
            return None
        head = system[:_LOOKED_AT].lower()
        found = [task for task, word in words.items() if word in head]
        return Recognised(tasks=dict.fromkeys(found, 1.0)) if found else None

    return recognise
