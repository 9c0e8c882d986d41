"""What becomes of an attempt is told where it counts: to the health of its target, and to the trail of its request."""

import asyncio
from collections.abc import Callable
from typing import Final, Self

from msgspec.structs import replace

from optipath_router.call.attempt import Attempt
from optipath_router.call.call import Service
from optipath_router.call.health import Healths
from optipath_router.chat.events import Event, Kind
from optipath_router.chat.reply import Content, Events, Streamed, Whole
from optipath_router.chat.usage import Usage
from optipath_router.errors import Code, Outcome, RequestRejected, TargetUnavailable, UpstreamBusy, UpstreamError

Now = Callable[[], float]

# What ends an answer and says nothing against who was giving it.
_OURS: Final = frozenset({Outcome.OUT_OF_TIME, Outcome.NO_ROOM})

_PROMPT_SECONDS: Final = 0.05
"""What it takes at most to hand an event on to a caller who reads."""
_HELD_UP: Final = 0.1
"""A caller who is waited for during more than this share of a stream paces it, and hides how fast its target is."""


def observe(service: Service, healths: Healths, now: Now) -> Service:
    """A service of which each attempt is noted when it begins, and once when it ends: a stream, at its last event."""

    async def observed(attempt: Attempt) -> Content:
        noted = _Noted(attempt, healths, now)
        try:
            content = await service(attempt)
        except (TargetUnavailable, UpstreamError) as problem:
            noted.failed(problem)
            raise
        except RequestRejected as problem:
            noted.ended(Outcome.NO_ROOM if problem.code is Code.OVERLOADED else Outcome.REFUSED)
            raise
        except asyncio.CancelledError as cancelled:
            noted.ended(why_cancelled(cancelled))
            raise
        except BaseException:
            noted.ended(Outcome.INTERNAL)
            raise
        if isinstance(content, Streamed):
            noted.answers(content.status)
            return replace(content, events=_Observed(content.events, noted, now))
        noted.answered(content)
        return content

    return observed


def why_cancelled(cancelled: asyncio.CancelledError) -> Outcome:
    """Why what was awaited was given up. Whoever cancels says so, unless it is the caller who has left."""
    why = cancelled.args[0] if cancelled.args else None
    return why if isinstance(why, Outcome) else Outcome.ABANDONED


class _Noted:
    """One attempt, from its begin to its end."""

    __slots__ = ("_attempt", "_began", "_first_content", "_healths", "_now", "_place", "_probe", "_status")

    def __init__(self, attempt: Attempt, healths: Healths, now: Now) -> None:
        self._attempt, self._healths, self._now = attempt, healths, now
        self._began = now()
        self._first_content: float | None = None
        self._status: int | None = None
        self._place = attempt.trail.begun(attempt.target, attempt.key)
        self._probe = healths.begin(attempt.target)

    def failed(self, problem: TargetUnavailable | UpstreamError) -> None:
        self._status = problem.status if isinstance(problem, UpstreamError) else None
        wait = problem.retry_after_seconds if isinstance(problem, UpstreamBusy) else None
        sent = not isinstance(problem, TargetUnavailable)
        self.ended(problem.outcome, message=str(problem), wait_seconds=wait, sent=sent)

    def answers(self, status: int) -> None:
        """Its first content is here."""
        self._status = status
        self._first_content = self._now() - self._began
        self._healths.answered(self._attempt.target, probe=self._probe)
        self._probe = False

    def answered(self, whole: Whole) -> None:
        self._status = whole.status
        if whole.status < 400:
            self._first_content = self._now() - self._began
            self.ended(Outcome.OK, usage=whole.usage, tokens=whole.tokens)
        else:
            self.ended(Outcome.REFUSED)

    def ended(
        self,
        outcome: Outcome,
        *,
        message: str = "",
        wait_seconds: float | None = None,
        usage: Usage | None = None,
        tokens: int = 0,
        sent: bool = True,
        held_up_seconds: float = 0.0,
    ) -> None:
        attempt, seconds = self._attempt, self._now() - self._began
        answered = usage.output_tokens if usage is not None else tokens
        self._healths.end(
            attempt.target,
            attempt.key,
            outcome,
            probe=self._probe,
            seconds=seconds,
            first_content_seconds=self._first_content,
            wait_seconds=wait_seconds,
            tokens=0 if held_up_seconds > _HELD_UP * seconds else answered,
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
            sent=sent,
        )


class _Observed:
    """The events of a stream, at whose end the attempt has ended; also where nobody ever asked for the first one."""

    __slots__ = ("_ended", "_events", "_finished", "_given", "_held_up", "_noted", "_now", "_tokens", "_usage")

    def __init__(self, events: Events, noted: _Noted, now: Now) -> None:
        self._events, self._noted, self._now = events, noted, now
        self._given: float | None = None
        """When the latest event was."""
        self._held_up = 0.0
        """Seconds in which the caller was waited for."""
        self._usage: Usage | None = None
        self._tokens = 0
        self._finished = self._ended = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        if self._given is not None:
            waited = self._now() - self._given
            self._held_up += waited if waited > _PROMPT_SECONDS else 0.0
        try:
            event = await anext(self._events)
        except StopAsyncIteration:
            self._end(Outcome.OK)
            raise
        except UpstreamError as problem:
            self._end(problem.outcome if problem.outcome in _OURS else Outcome.CUT, str(problem))
            raise
        except asyncio.CancelledError as cancelled:
            self._end(why_cancelled(cancelled))
            raise
        self._tokens += event.tokens
        if event.usage is not None:
            self._usage = event.usage
        if event.kind is Kind.END:
            self._finished = True  # SDKs leave when they have it
        self._given = self._now()
        return event

    async def aclose(self) -> None:
        """Read no further."""
        try:
            await self._events.aclose()
        finally:
            self._end(Outcome.ABANDONED)

    def _end(self, outcome: Outcome, message: str = "") -> None:
        if not self._ended:
            self._ended = True
            outcome = Outcome.OK if self._finished else outcome
            usage = at_least(self._usage, self._tokens, whole=outcome is Outcome.OK)
            self._noted.ended(outcome, message=message, usage=usage, tokens=self._tokens, held_up_seconds=self._held_up)


def at_least(usage: Usage | None, seen: int, *, whole: bool) -> Usage | None:
    """A usage that does not leave out what was seen of an answer, in about so many tokens.

    Some tell the prompt's tokens at the begin, and the answer's at an end that may never come.
    """
    if usage is None or usage.output_tokens >= (min(seen, 1) if whole else seen):
        return usage
    return replace(usage, output_tokens=seen, estimated=True)
