"""The response object, in each of its states, with the request's own settings in it.

What the provider did not do is not echoed: nothing is kept, and nothing runs
in the background.
"""

from typing import Any

from optipath_router.chat.chat import Chat
from optipath_router.chat.usage import Usage
from optipath_router.providers.responses.finish import Status
from optipath_router.providers.responses.names import Names
from optipath_router.providers.responses.usage import write_usage
from optipath_router.providers.responses.write_chat import settings, split_instructions, write_tools

IN_PROGRESS = Status("in_progress", None)


class ResponseFrame:
    """What is the same in a response from its begin to its end."""

    __slots__ = ("_asked", "_told", "names")

    def __init__(self, chat: Chat, *, answer: str, model: str, created: int | None) -> None:
        self.names = Names(answer, model, created)
        self._told = {"id": self.names.response, "object": "response", "created_at": created or 0, "model": model}
        self._asked = _asked(chat)

    def response(
        self,
        status: Status,
        output: list[Any],
        *,
        usage: Usage | None = None,
        error: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The response in one state."""
        return {
            **self._told,
            "status": status.status,
            "error": error,
            "incomplete_details": status.incomplete_details,
            "output": output,
            "usage": write_usage(usage),
            **self._asked,
        }


def _asked(chat: Chat) -> dict[str, Any]:
    """The settings of the request, and what they are where it says nothing."""
    asked = settings(chat)
    text, reasoning = asked["text"] or {}, asked["reasoning"] or {}
    return {
        **asked,
        "background": False,
        "instructions": split_instructions(chat)[0],
        "max_tool_calls": None,
        "metadata": asked["metadata"] or {},
        "parallel_tool_calls": asked["parallel_tool_calls"] is not False,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None, **reasoning},
        "service_tier": None,
        "store": False,
        "text": {"format": {"type": "text"}, **text},
        "tool_choice": asked["tool_choice"] or "auto",
        "tools": write_tools(chat),
        "truncation": "disabled",
    }
