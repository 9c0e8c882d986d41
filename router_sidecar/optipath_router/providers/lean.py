"""The lean look at a caller's body that routing takes: a few typed members, whatever the format.

What is passed over nobody reads here; what is looked at has the right shape, or the caller is told which has not.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from optipath_router.chat.request import MAX_COMMAS, MAX_MODEL_LENGTH, Asked
from optipath_router.errors import Code, RequestRejected

T = TypeVar("T")


def looked_at(body: bytes, decode: Callable[[bytes], T], what: str) -> T:
    """What a decoder sees in a body that should be this; raises RequestRejected where it is none."""
    if len(body) > MAX_COMMAS and body.count(b",") > MAX_COMMAS:
        raise RequestRejected(413, Code.REQUEST_TOO_LARGE, f"the request has more than {MAX_COMMAS} commas")
    try:
        # msgspec passes over what it need not read, and JSON in another encoding than UTF-8 would fail later.
        if not body.isascii():
            body.decode()
        return decode(body)
    except msgspec.ValidationError as error:
        raise RequestRejected(400, Code.INVALID_REQUEST, f"the request is not {what}: {error}") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise RequestRejected(400, Code.INVALID_REQUEST, f"the request is not JSON: {error}") from error


def with_model(asked: Asked) -> Asked:
    """The same; raises RequestRejected where it names no model, or one that nobody can have."""
    if not asked.model:
        raise RequestRejected(400, Code.INVALID_REQUEST, "the request names no model", param="model")
    if len(asked.model) > MAX_MODEL_LENGTH:
        message = f"the model's name has {len(asked.model)} characters, more than {MAX_MODEL_LENGTH}"
        raise RequestRejected(400, Code.INVALID_REQUEST, message, param="model")
    return asked
