"""Whether a caller reads: takes anything of what was written to it."""


class Reader:
    """One caller, by how much of the answer is still unread whenever somebody looks."""

    __slots__ = ("_since", "_unread")

    def __init__(self) -> None:
        self._unread, self._since = 0, 0.0

    def idle_seconds(self, unread: int, *, growing: bool, now: float) -> float:
        """How long nothing has been taken, as far as one can tell.

        Where more may have been added since the last look, one cannot.
        """
        if not unread or growing or unread != self._unread:
            self._unread, self._since = unread, now
        return now - self._since
