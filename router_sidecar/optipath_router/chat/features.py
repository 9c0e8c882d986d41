"""Features: what can be seen in a request without asking a model."""

from collections.abc import Mapping

import msgspec

from optipath_snapshot import Capability


class Features(msgspec.Struct, frozen=True):
    """What deciding looks at."""

    model: str
    """What the app asked for."""
    input_tokens: int
    """An estimate; see classify/tokens.py."""
    output_tokens: int | None = None
    """The most that the app asked for; None where it named no limit."""
    needs: frozenset[Capability] = frozenset()
    """What a model must be able to do to serve the request."""
    headers: Mapping[str, str] | None = None
    """Names in lower case."""
