"""What a limit on requests under way did with one of them."""

import msgspec

from optipath_router.chat.reply import Failed


class Wait(msgspec.Struct, frozen=True):
    """A request that was not let in at once."""

    policy: str
    """Whose limit it was, by its full name; of several, the last one's."""
    seconds: float
    """How long it waited, at all of them."""
    refusal: Failed | None = None
    """What its caller is told where its turn did not come."""
