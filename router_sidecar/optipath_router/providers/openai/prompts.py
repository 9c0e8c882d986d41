"""Prompts and inputs of the surfaces beside chat, as messages, so that routing sees their text."""

from typing import Annotated, Any, Final

import msgspec

from optipath_router.chat.request import MAX_MESSAGES, Message, Part
from optipath_router.errors import Code, RequestRejected

_MARK: Final = "##"
"""Stands for one token that came as a number: what it says nobody knows here, but this long is one token's text."""

Several = Annotated[list[Any], msgspec.Meta(max_length=500_000)]
"""Texts, numbers, or lists of numbers; of numbers a book has many."""


def prompts(value: str | list[Any], name: str) -> list[Message]:
    """One message for each prompt; raises RequestRejected, by the member's name, for what is none."""
    if isinstance(value, str):
        return [_said(value)]
    if not value:
        raise RequestRejected(400, Code.INVALID_REQUEST, f"{name} is empty", param=name)
    if all(type(token) is int for token in value):
        return [_numbers(value)]
    _bounded(value, name)
    return [_prompt(each, f"{name}[{index}]") for index, each in enumerate(value)]


def inputs(value: str | list[Any], name: str) -> list[Message]:
    """The same, where parts of a message may stand in a list: those are one message."""
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        _bounded(value, name)
        parts = [Part(_word(each, "type"), _word(each, "text") or None) for each in value]
        return [Message("user", parts)]
    return prompts(value, name)


def _bounded(value: list[Any], name: str) -> None:
    if len(value) > MAX_MESSAGES:
        message = f"{name} has {len(value)} entries, more than {MAX_MESSAGES}"
        raise RequestRejected(400, Code.INVALID_REQUEST, message, param=name)


def _prompt(value: Any, path: str) -> Message:
    if isinstance(value, str):
        return _said(value)
    if isinstance(value, list) and all(type(token) is int for token in value):
        return _numbers(value)
    message = f"{path} is neither a text nor a list of token numbers"
    raise RequestRejected(400, Code.INVALID_REQUEST, message, param=path)


def _said(text: str) -> Message:
    return Message("user", text)


def _numbers(tokens: list[int]) -> Message:
    # No part of text: what the tokens say cannot be looked through.
    return Message("user", [Part("tokens", _MARK * len(tokens))])


def _word(value: dict[str, Any], name: str) -> str:
    told = value.get(name)
    return told if isinstance(told, str) else ""
