"""A passage to a provider that would choose another model by itself, if a member of the request let it.

OpenRouter falls back along `models`, by `route`, and along what a `preset`
names. Which model serves is what policies, tiers and data boundaries are
about: a caller that could name others would walk past all of them.
"""

from dataclasses import dataclass
from typing import Final

import msgspec

from optipath_router.chat.request import ChatRequest
from optipath_router.errors import Code, RequestRejected
from optipath_router.providers.dialect import Exchange, Given, Outgoing, StreamReader
from optipath_router.providers.lean import looked_at
from optipath_snapshot import Saying, Target


class _Choosing(msgspec.Struct, frozen=True):
    models: msgspec.Raw = msgspec.Raw(b"null")
    route: msgspec.Raw = msgspec.Raw(b"null")
    preset: msgspec.Raw = msgspec.Raw(b"null")


_NOTHING: Final = b"null"
_decode: Final = msgspec.json.Decoder(_Choosing).decode


@dataclass(frozen=True, slots=True)
class Held:
    """Another passage, for requests that leave the choice to the policy."""

    passage: Exchange
    translates: bool = False
    downgrades: tuple[str, ...] = ()
    sayings: frozenset[Saying] | None = None

    def request(self, request: ChatRequest, target: Target) -> Outgoing:
        """What the passage makes of it; raises RequestRejected where it names other models."""
        asked = looked_at(request.body, _decode, "a request")
        for name in _Choosing.__struct_fields__:
            if bytes(getattr(asked, name)) != _NOTHING:
                raise RequestRejected(
                    400,
                    Code.INVALID_REQUEST,
                    f"'{name}' would have the provider choose another model than the policy did: leave it out, "
                    "and name the models in the policy",
                    param=name,
                )
        return self.passage.request(request, target)

    def answer(self, request: ChatRequest, body: bytes) -> Given:
        """What the passage makes of it."""
        return self.passage.answer(request, body)

    def reader(self, request: ChatRequest) -> StreamReader:
        """The passage's."""
        return self.passage.reader(request)

    def refusal(self, status: int, code: Code, body: bytes) -> bytes:
        """The passage's."""
        return self.passage.refusal(status, code, body)
