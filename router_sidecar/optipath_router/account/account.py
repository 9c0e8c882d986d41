"""Accounting: every reply passes here, and at its end its record is written, once."""

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final

from msgspec.structs import replace

from optipath_router.account.billing import bill
from optipath_router.account.decisions import Decisions
from optipath_router.account.record import Record
from optipath_router.chat.events import Event
from optipath_router.chat.reply import Failed, Reply, Streamed, Tried, Whole
from optipath_router.chat.request import ChatRequest
from optipath_router.chat.wait import Wait
from optipath_router.decide.decision import Decision
from optipath_router.errors import Outcome
from optipath_snapshot import Target

log = logging.getLogger(__name__)

_LEFT: Final = 499
"""nginx's number for a caller who closed the connection first; nobody is there to see it."""
_GIVEN_UP: Final = {Outcome.STOPPED: 503, Outcome.INTERNAL: 500}


class Account:
    """Writes the record of each request, and shows it to whoever counts."""

    def __init__(
        self,
        decisions: Decisions,
        booked: Callable[[ChatRequest, Record], None],
        *,
        now: Callable[[], float],
        wall: Callable[[], float],
    ) -> None:
        """Take who is told of each record, the monotonic clock, which measures, and the wall clock, which dates."""
        self._decisions, self._booked, self._now, self._wall = decisions, booked, now, wall

    def __call__(self, request: ChatRequest, decision: Decision, reply: Reply, wait: Wait | None = None) -> Reply:
        """The reply, which is booked now, or at the end of its stream."""
        match reply.content:
            case Whole(status=status):
                outcome = Outcome.OK if status < 400 else Outcome.REFUSED
                self._book(
                    request, decision, reply.tried(), target=reply.target, status=status, outcome=outcome, wait=wait
                )
            case Failed(status=status, code=code):
                self._book(request, decision, reply.tried(), target=None, status=status, outcome=code, wait=wait)
            case Streamed() as streamed:
                events = self._stream(request, decision, reply, streamed, wait)
                return replace(reply, content=replace(streamed, events=events))
        return reply

    def abandoned(
        self,
        request: ChatRequest,
        decision: Decision,
        tried: tuple[Tried, ...],
        outcome: Outcome,
        wait: Wait | None = None,
    ) -> None:
        """Book a request that was given up before there was an answer."""
        status = _GIVEN_UP.get(outcome, _LEFT)
        self._book(request, decision, tried, target=None, status=status, outcome=outcome, wait=wait)

    async def _stream(
        self, request: ChatRequest, decision: Decision, reply: Reply, streamed: Streamed, wait: Wait | None
    ) -> AsyncGenerator[Event]:
        try:
            async with aclosing(streamed.events) as events:
                async for event in events:
                    yield event
        finally:
            # How the stream ended is what became of the attempt that it came from.
            tried = reply.tried()
            served = [each for each in tried if each.target is reply.target][-1]
            self._book(
                request,
                decision,
                tried,
                target=reply.target,
                status=streamed.status,
                outcome=served.outcome,
                wait=wait,
            )

    def _book(
        self,
        request: ChatRequest,
        decision: Decision,
        tried: tuple[Tried, ...],
        *,
        target: Target | None,
        status: int,
        outcome: str,
        wait: Wait | None,
    ) -> None:
        seconds = self._now() - request.arrived
        record = Record(
            id=request.decision_id,
            request_id=request.id,
            arrived=self._wall() - seconds,
            seconds=seconds,
            decision=decision,
            tried=tried,
            bills=tuple([bill(each, decision.features.input_tokens) for each in tried]),
            target=target,
            status=status,
            outcome=outcome,
            streamed=request.streams,
            wait=wait,
        )
        self._decisions.add(record)
        self._booked(request, record)
        if log.isEnabledFor(logging.DEBUG):
            log.debug(
                "request ended",
                extra={"request": request.id, "outcome": outcome, "status": status, "target": target and target.name},
            )
