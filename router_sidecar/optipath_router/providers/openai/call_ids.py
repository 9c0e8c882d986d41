"""Ids of tool calls for those of the family who take only their own kind.

Mistral's are nine letters or digits, and it refuses a conversation in which another provider named a call.
"""

import re
from hashlib import sha256
from string import ascii_letters, digits
from typing import Final

from optipath_router.providers.openai.family import Family

_LENGTH: Final = 9
_LETTERS: Final = digits + ascii_letters
_SHORT: Final = re.compile(f"[a-zA-Z0-9]{{{_LENGTH}}}")
# Each call of a conversation has a result that names it, and nothing else in a request has that member.
_NOT_SHORT: Final = re.compile(rb'"tool_call_id"\s*:\s*"(?![a-zA-Z0-9]{%d}")' % _LENGTH)


def call_id(given: str, family: Family) -> str:
    """A call's id as the provider takes it; the same for the call and for its result, in every request."""
    if not family.short_call_ids or _SHORT.fullmatch(given):
        return given
    number = int.from_bytes(sha256(given.encode("utf-8", "surrogatepass")).digest())
    letters = ""
    for _ in range(_LENGTH):
        number, letter = divmod(number, len(_LETTERS))
        letters += _LETTERS[letter]
    return letters


def fits(body: bytes, family: Family) -> bool:
    """Whether a caller's own bytes hold only ids that the provider takes."""
    return not family.short_call_ids or _NOT_SHORT.search(body) is None
