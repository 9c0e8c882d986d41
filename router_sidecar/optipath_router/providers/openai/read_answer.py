"""A provider's whole answer, read into neutral words.

Of an answer's members only those are kept that another dialect could say; who speaks the same gets its bytes.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from optipath_router.chat.answer import Answer, Choice
from optipath_router.chat.conversation import Citation, Part, Refusal, Text
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.dialect import ErrorTold
from optipath_router.providers.openai.finish import read_finish
from optipath_router.providers.openai.spoken import (
    Spoken,
    citations,
    made_id,
    pieces,
    read_audio,
    read_call,
    read_images,
    searched,
)
from optipath_router.providers.openai.thoughts import listed_thought, read_thoughts
from optipath_router.providers.openai.usage import field, read_usage

_BOM: Final = b"\xef\xbb\xbf"


class _Choice(msgspec.Struct, frozen=True):
    message: Spoken | None = None
    finish_reason: Any = None
    finish_details: Any = None
    logprobs: msgspec.Raw = msgspec.Raw(b"null")


class _Answer(msgspec.Struct, frozen=True):
    id: Any = None
    model: Any = None
    created: Any = None
    choices: list[_Choice] | None = None
    usage: Any = None
    error: Any = None
    citations: Any = None
    search_results: Any = None


_decode = msgspec.json.Decoder(_Answer).decode


def read_answer(body: bytes) -> Answer:
    """A whole answer; raises UpstreamBroken where the body is none, ErrorTold where it tells an error instead."""
    try:
        answer = _decode(body.removeprefix(_BOM))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamBroken(Outcome.BROKEN, f"{len(body)} bytes are no chat completion") from error
    if answer.error is not None:
        raise ErrorTold
    if not answer.choices:
        raise UpstreamBroken(Outcome.BROKEN, "the answer has no choices")
    found = searched(answer.search_results, answer.citations)
    answer_id = answer.id if isinstance(answer.id, str) else ""
    return Answer(
        tuple(_choice(choice, found, answer_id, index) for index, choice in enumerate(answer.choices)),
        answer_id,
        answer.model if isinstance(answer.model, str) else "",
        answer.created if isinstance(answer.created, int) else None,
        read_usage(answer.usage),
    )


def _choice(choice: _Choice, found: tuple[Citation, ...], answer_id: str, index: int) -> Choice:
    told = choice.finish_reason
    if not isinstance(told, str):
        kind = field(choice.finish_details, "type")  # the first of OpenAI's models that saw
        told = kind if isinstance(kind, str) else ""
    parts = tuple(_parts(choice.message or Spoken(), found, answer_id, index))
    logprobs = None if bytes(choice.logprobs) == b"null" else choice.logprobs.copy()
    return Choice(parts, read_finish(told), told, logprobs=logprobs)


def _parts(message: Spoken, found: tuple[Citation, ...], answer_id: str, index: int) -> Iterator[Part]:
    yield from read_thoughts(message.reasoning_details, message.reasoning_content or message.reasoning)
    cited = (*citations(message.annotations), *found)
    content = message.content
    for piece in pieces(content) if isinstance(content, list) else ():
        if piece.thinking:
            yield listed_thought(piece.text, piece.signature)
        else:
            yield Text(piece.text, cited)
            cited = ()
    if isinstance(content, str) and (content or cited):
        yield Text(content, cited)
    if isinstance(message.refusal, str) and message.refusal:
        yield Refusal(message.refusal)
    if audio := read_audio(message.audio):
        yield audio
    yield from read_images(message.images)
    calls = message.tool_calls if isinstance(message.tool_calls, list) else []
    if not calls and message.function_call is not None:
        calls = [{"function": message.function_call}]
    for number, told in enumerate(calls):
        if call := read_call(told, made_id(answer_id, index, number)):
            yield call
