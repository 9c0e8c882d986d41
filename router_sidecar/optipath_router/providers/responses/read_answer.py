"""A provider's whole answer."""

from typing import Any, Final

import msgspec

from optipath_router.chat.answer import Answer, Choice
from optipath_router.chat.conversation import Part, ToolCall
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.dialect import ErrorTold
from optipath_router.providers.responses.finish import read_finish
from optipath_router.providers.responses.logprobs import joined, read_logprobs
from optipath_router.providers.responses.read_output import OutputItem, item_parts, read_item, text
from optipath_router.providers.responses.usage import read_usage

FAILED: Final = "failed"


class Response(msgspec.Struct, frozen=True):
    """A response, whole or as it was when an event told of it."""

    id: Any = None
    model: Any = None
    created_at: Any = None
    status: Any = None
    error: Any = None
    incomplete_details: Any = None
    output: list[msgspec.Raw] | None = None
    usage: Any = None


_decode: Final = msgspec.json.Decoder(Response).decode


def read_answer(body: bytes) -> Answer:
    """A whole answer; raises UpstreamBroken where the body is none, ErrorTold where it tells an error instead."""
    try:
        response = _decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamBroken(Outcome.BROKEN, f"{len(body)} bytes are no response") from error
    if response.error is not None or response.status == FAILED:
        raise ErrorTold
    if response.output is None:
        raise UpstreamBroken(Outcome.BROKEN, "the answer has no output")
    parts: list[Part] = []
    logprobs: list[msgspec.Raw] = []
    for raw in response.output:
        item = read_item(raw)
        parts += item_parts(item, raw)
        logprobs += _logprobs(item)
    calls = any(isinstance(part, ToolCall) for part in parts)
    finish, told = read_finish(response.status, response.incomplete_details, calls=calls)
    return Answer(
        (Choice(tuple(parts), finish, told, logprobs=joined(logprobs)),),
        id=text(response.id),
        model=text(response.model),
        created=created(response),
        usage=read_usage(response.usage),
    )


def created(response: Response) -> int | None:
    """Seconds since 1970, which some providers tell as a fraction."""
    moment = response.created_at
    return int(moment) if isinstance(moment, int | float) and not isinstance(moment, bool) else None


def _logprobs(item: OutputItem) -> list[msgspec.Raw]:
    contents = item.content if item.type == "message" and isinstance(item.content, list) else []
    told = (read_logprobs(each.get("logprobs")) for each in contents if isinstance(each, dict))
    return [each for each in told if each is not None]
