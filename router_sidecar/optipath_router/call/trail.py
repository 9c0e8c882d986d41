"""The trail of one call: what was tried, in the order in which it began, with its times."""

from collections.abc import Callable

from optipath_router.chat.reply import Tried
from optipath_router.chat.usage import Usage
from optipath_router.credentials import Key
from optipath_router.errors import Outcome
from optipath_snapshot import Target


class Trail:
    """Attempts are noted when they begin, and again when they end."""

    __slots__ = ("_now", "_started", "_tried")

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._started = now()
        self._tried: list[Tried] = []

    def tried(self) -> tuple[Tried, ...]:
        """The attempts so far."""
        return tuple(self._tried)

    def begun(self, target: Target, key: Key | None) -> int:
        """Note an attempt that begins, as one that has been given up; its place is for `ended`."""
        at, name = self._now() - self._started, key.name if key else None
        begun = Tried(target, Outcome.ABANDONED, started_seconds=at, seconds=0.0, key=name)
        self._tried.append(begun)
        return len(self._tried) - 1

    def ended(
        self,
        place: int,
        outcome: Outcome,
        *,
        status: int | None = None,
        message: str = "",
        first_content_seconds: float | None = None,
        retry_after_seconds: float | None = None,
        usage: Usage | None = None,
        tokens: int = 0,
        sent: bool = True,
    ) -> Tried:
        """Note how the attempt at a place has ended."""
        begun = self._tried[place]
        ended = self._tried[place] = Tried(
            begun.target,
            outcome,
            begun.started_seconds,
            seconds=self._now() - self._started - begun.started_seconds,
            first_content_seconds=first_content_seconds,
            status=status,
            key=begun.key,
            message=message,
            retry_after_seconds=retry_after_seconds,
            usage=usage,
            tokens=tokens,
            sent=sent,
        )
        return ended

    def passed_over(self, target: Target, outcome: Outcome, why: str, *, retry_after_seconds: float | None) -> None:
        """Note a target that was not tried, once."""
        if any(tried.target is target and tried.outcome is outcome and not tried.made for tried in self._tried):
            return
        at = self._now() - self._started
        passed_over = Tried(
            target, outcome, at, seconds=0.0, message=why, retry_after_seconds=retry_after_seconds, made=False
        )
        self._tried.append(passed_over)
