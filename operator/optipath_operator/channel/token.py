"""The token of a namespace, which opens its routers' /status, and the path that only the API server knows.

Both are derived, so that nothing need be stored or handed round: whoever has
the key has every token, and a token tells nothing of the key or of other
tokens. Snapshots carry its hash alone.
"""

import hmac
from hashlib import sha256
from typing import Final

_STATUS: Final = "optipath-status/"
_WARN: Final = "optipath-warn"


class Tokens:
    """Makes the tokens of namespaces, and the path, as long as there is a key to make them with."""

    def __init__(self) -> None:
        self._key: bytes | None = None

    def take(self, key: bytes) -> bool:
        """Use this key from now on; whether it is another one than before."""
        before, self._key = self._key, key
        return before != key

    def of(self, uid: str) -> str | None:
        """The token of the namespace with this uid; None without a key, or where the uid is not known yet."""
        return self._made(f"{_STATUS}{uid}") if uid else None

    def warn_path(self) -> str | None:
        """The path by which the API server calls the webhook that warns; None without a key."""
        token = self._made(_WARN)
        return None if token is None else f"/warn/{token}"

    def _made(self, purpose: str) -> str | None:
        return None if self._key is None else hmac.new(self._key, purpose.encode(), sha256).hexdigest()


def token_sha256(token: str | None) -> str | None:
    """The hash that opens with a token; None where there is none."""
    return None if token is None else sha256(token.encode()).hexdigest()
