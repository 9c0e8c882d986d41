"""What becomes of an attempt is told where it counts: to the health of its target, and to the trail of its request."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from msgspec.structs import replace

from optipath_router.call.attempt import Attempt
from optipath_router.call.call import Service
from optipath_router.call.health import Healths
from optipath_router.chat.events import Event, Kind
from optipath_router.chat.reply import Content, Streamed, Whole
from optipath_router.chat.usage import Usage
from optipath_router.errors import Outcome, RequestRejected, TargetUnavailable, UpstreamBusy, UpstreamError

Now = Callable[[], float]


def observe(service: Service, healths: Healths, now: Now) -> Service:
    """A service of which each attempt is noted when it begins, and once when it ends: a stream, at its last event."""

    async def observed(attempt: Attempt) -> Content:
        noted = _Noted(attempt, healths, now)
        try:
            content = await service(attempt)
        except (TargetUnavailable, UpstreamError) as problem:
            noted.failed(problem)
            raise
        except RequestRejected:
            noted.ended(Outcome.REFUSED)
            raise
        except asyncio.CancelledError as cancelled:
            noted.ended(why_cancelled(cancelled))
            raise
        except BaseException:
            noted.ended(Outcome.ABANDONED)
            raise
        if isinstance(content, Streamed):
            noted.answers(content.status)
            return replace(content, events=noted.to_the_end(content))
        noted.answered(content)
        return content

    return observed


def why_cancelled(cancelled: asyncio.CancelledError) -> Outcome:
    """Why what was awaited was given up. Whoever cancels says so, unless it is the caller who has left."""
    why = cancelled.args[0] if cancelled.args else None
    return why if isinstance(why, Outcome) else Outcome.ABANDONED


class _Noted:
    """One attempt, from its begin to its end."""

    __slots__ = ("_attempt", "_began", "_first_content", "_healths", "_now", "_place", "_status")

    def __init__(self, attempt: Attempt, healths: Healths, now: Now) -> None:
        self._attempt, self._healths, self._now = attempt, healths, now
        self._began = now()
        self._first_content: float | None = None
        self._status: int | None = None
        self._place = attempt.trail.begun(attempt.target, attempt.key)
        healths.begin(attempt.target)

    def failed(self, problem: TargetUnavailable | UpstreamError) -> None:
        self._status = problem.status if isinstance(problem, UpstreamError) else None
        wait = problem.retry_after_seconds if isinstance(problem, UpstreamBusy) else None
        self.ended(problem.outcome, message=str(problem), wait_seconds=wait)

    def answers(self, status: int) -> None:
        """Its first content is here."""
        self._status = status
        self._first_content = self._now() - self._began
        self._healths.answered(self._attempt.target)

    def answered(self, whole: Whole) -> None:
        self._status = whole.status
        if whole.status < 400:
            self._first_content = self._now() - self._began
            self.ended(Outcome.OK, usage=whole.usage, tokens=whole.tokens)
        else:
            self.ended(Outcome.REFUSED)

    async def to_the_end(self, streamed: Streamed) -> AsyncGenerator[Event]:
        """The events of a stream, at whose end the attempt has ended."""
        usage, tokens, outcome, message = None, 0, Outcome.ABANDONED, ""
        try:
            async with aclosing(streamed.events) as events:
                async for event in events:
                    tokens += event.tokens
                    if event.usage is not None:
                        usage = event.usage
                    if event.kind is Kind.END:
                        outcome = Outcome.OK  # SDKs leave when they have it
                    yield event
            outcome = Outcome.OK
        except UpstreamError as problem:
            outcome, message = Outcome.CUT, str(problem)
            raise
        except asyncio.CancelledError as cancelled:
            outcome = why_cancelled(cancelled)
            raise
        finally:
            self.ended(outcome, message=message, usage=usage, tokens=tokens)

    def ended(
        self,
        outcome: Outcome,
        *,
        message: str = "",
        wait_seconds: float | None = None,
        usage: Usage | None = None,
        tokens: int = 0,
    ) -> None:
        attempt = self._attempt
        self._healths.end(
            attempt.target,
            attempt.key,
            outcome,
            first_content_seconds=self._first_content,
            wait_seconds=wait_seconds,
        )
        attempt.trail.ended(
            self._place,
            outcome,
            status=self._status,
            message=message,
            first_content_seconds=self._first_content,
            retry_after_seconds=wait_seconds,
            usage=usage,
            tokens=tokens,
        )
