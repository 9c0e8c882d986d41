"""The trail of one call: what was tried, in order, with its times."""

from collections.abc import Callable

from optipath_router.chat.reply import Streamed, Tried, Whole
from optipath_router.credentials import Key
from optipath_router.errors import Outcome, TargetUnavailable, UpstreamBusy, UpstreamError
from optipath_snapshot import Target


class Trail:
    """Collects attempts as they end."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._started = now()
        self._tried: list[Tried] = []

    @property
    def tried(self) -> tuple[Tried, ...]:
        """The attempts so far."""
        return tuple(self._tried)

    def served(self, target: Target, key: Key | None, begun: float, content: Whole | Streamed) -> None:
        """Note an attempt whose answer is the caller's."""
        outcome = Outcome.OK if content.status < 400 else Outcome.REFUSED
        self._note(target, key, begun, outcome, status=content.status)

    def failed(self, target: Target, key: Key | None, begun: float, problem: TargetUnavailable | UpstreamError) -> None:
        """Note an attempt that came to nothing."""
        self._note(
            target,
            key,
            begun,
            problem.outcome,
            status=problem.status if isinstance(problem, UpstreamError) else None,
            message=str(problem),
            retry_after_seconds=problem.retry_after_seconds if isinstance(problem, UpstreamBusy) else None,
        )

    def abandoned(self, target: Target, key: Key | None, begun: float) -> None:
        """Note an attempt during which the caller left."""
        self._note(target, key, begun, Outcome.ABANDONED, status=None)

    def _note(
        self,
        target: Target,
        key: Key | None,
        begun: float,
        outcome: Outcome,
        *,
        status: int | None,
        message: str = "",
        retry_after_seconds: float | None = None,
    ) -> None:
        self._tried.append(
            Tried(
                target=target.name,
                provider=target.provider,
                outcome=outcome,
                started_seconds=begun - self._started,
                seconds=self._now() - begun,
                status=status,
                key=key.name if key else None,
                message=message,
                retry_after_seconds=retry_after_seconds,
            )
        )
