"""What routing sees of a chat completion request. `Asked` has its members' names and shapes from here."""

import msgspec

from optipath_router.chat.request import Asked
from optipath_router.providers.lean import looked_at, with_model

_decode = msgspec.json.Decoder(Asked).decode


def read_asked(body: bytes) -> Asked:
    """What a body asks for; raises RequestRejected where it is no chat completion request."""
    return with_model(looked_at(body, _decode, "a chat completion"))
