"""OpenAI's completions of before there were chats: the bytes pass, and this is what is looked at."""

from typing import Annotated, Any, Final

import msgspec

from optipath_router.chat.request import Asked, StreamOptions, Tokens
from optipath_router.chat.tokens import text_tokens
from optipath_router.chat.usage import Usage
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.dialect import ErrorTold, Outgoing
from optipath_router.providers.lean import looked_at, with_model
from optipath_router.providers.openai.prompts import Several, prompts
from optipath_router.providers.openai.reader import OpenAIReader
from optipath_router.providers.openai.request import outgoing as passed
from optipath_router.providers.openai.usage import read_usage

PATH: Final = "/completions"
_END_OF_TEXT: Final = "<|endoftext|>"
"""The prompt where none is given."""


class _Asked(msgspec.Struct, frozen=True):
    model: str = ""
    prompt: str | Several | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int, msgspec.Meta(ge=1, le=128)] | None = None
    best_of: Annotated[int, msgspec.Meta(ge=1, le=128)] | None = None
    max_tokens: Tokens | None = None
    logprobs: int | bool | None = None
    suffix: msgspec.Raw = msgspec.Raw(b"")


class _Choice(msgspec.Struct, frozen=True):
    text: Any = None


class _Answer(msgspec.Struct, frozen=True):
    choices: list[_Choice] | None = None
    usage: Any = None
    error: Any = None


_decode = msgspec.json.Decoder(_Asked).decode
_decode_answer = msgspec.json.Decoder(_Answer).decode


def read_asked(body: bytes) -> Asked:
    """What a body asks for, each prompt as a message of its own; raises RequestRejected."""
    asked = looked_at(body, _decode, "a completion")
    messages = prompts(_END_OF_TEXT if asked.prompt is None else asked.prompt, "prompt")
    return with_model(
        Asked(
            asked.model,
            messages,
            stream=asked.stream,
            stream_options=asked.stream_options,
            n=asked.n,
            best_of=asked.best_of,
            max_tokens=asked.max_tokens,
            logprobs=bool(asked.logprobs),
            suffix=asked.suffix,
        )
    )


def outgoing(body: bytes, asked: Asked, upstream: str, *, tell_usage: bool) -> Outgoing:
    """The caller's own bytes, but for the model and, in a stream, the wish to be told the usage."""
    return Outgoing(PATH, passed(body, asked, upstream, tell_usage=tell_usage))


def read_answer(body: bytes) -> tuple[Usage | None, int]:
    """The usage in a whole answer, and where there is none, an estimate of the tokens that it says.

    Raises UpstreamBroken where the body is no answer, ErrorTold where it tells an error instead.
    """
    try:
        answer = _decode_answer(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamBroken(Outcome.BROKEN, f"{len(body)} bytes are no completion") from error
    if answer.error is not None:
        raise ErrorTold
    if not answer.choices:
        raise UpstreamBroken(Outcome.BROKEN, "the answer has no choices")
    usage = read_usage(answer.usage)
    said = (choice.text for choice in answer.choices if isinstance(choice.text, str))
    return usage, 0 if usage else sum(map(text_tokens, said))


def reader(asked: Asked, *, hides_usage: bool) -> OpenAIReader:
    """A reader for the streamed reply to a request: it is finished once each choice of each prompt is."""
    return OpenAIReader(choices=(asked.n or 1) * len(asked.messages), hides_usage=hides_usage)
