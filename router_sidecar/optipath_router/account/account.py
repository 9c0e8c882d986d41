"""Accounting: every reply passes here, and at its end its record is written, once."""

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from optipath_router.account.decisions import Decisions
from optipath_router.account.record import Record
from optipath_router.chat.events import Event, Kind
from optipath_router.chat.reply import Failed, Reply, Streamed, Tried, Whole
from optipath_router.chat.request import ChatRequest
from optipath_router.chat.usage import Usage
from optipath_router.decide.decision import Decision
from optipath_router.errors import Outcome, UpstreamError
from optipath_router.telemetry.metrics import Metrics

log = logging.getLogger(__name__)

# nginx's number for a caller who closed the connection first; nobody is there to see it.
_LEFT: Final = Whole(499, (), b"")


class Account:
    """Writes the record of each request, and counts it."""

    def __init__(
        self, decisions: Decisions, metrics: Metrics, *, now: Callable[[], float], wall: Callable[[], float]
    ) -> None:
        """Take the monotonic clock, which measures, and the wall clock, which dates."""
        self._decisions, self._metrics, self._now, self._wall = decisions, metrics, now, wall

    def __call__(self, request: ChatRequest, decision: Decision, reply: Reply) -> Reply:
        """The reply, which is booked now, or at the end of its stream."""
        match reply.content:
            case Whole(status=status, usage=usage):
                outcome = Outcome.OK if status < 400 else Outcome.REFUSED
                self._book(request, decision, reply, status=status, outcome=outcome, usage=usage)
            case Failed(status=status, code=code):
                self._book(request, decision, reply, status=status, outcome=code, usage=None)
            case Streamed() as streamed:
                events = self._until_the_end(request, decision, reply, streamed)
                return replace(reply, content=replace(streamed, events=events))
        return reply

    def abandoned(self, request: ChatRequest, decision: Decision, tried: tuple[Tried, ...]) -> None:
        """Book a request whose caller left before there was an answer."""
        self._book(request, decision, Reply(_LEFT, tried), status=_LEFT.status, outcome=Outcome.ABANDONED, usage=None)

    async def _until_the_end(
        self, request: ChatRequest, decision: Decision, reply: Reply, streamed: Streamed
    ) -> AsyncGenerator[Event]:
        usage, outcome = None, Outcome.ABANDONED
        try:
            async with aclosing(streamed.events) as events:
                async for event in events:
                    usage = event.usage or usage
                    if event.kind is Kind.END:
                        outcome = Outcome.OK  # SDKs leave when they have it
                    yield event
            outcome = Outcome.OK
        except UpstreamError as problem:
            outcome = Outcome.CUT
            cut = replace(reply.tried[-1], outcome=outcome, message=str(problem))
            reply = replace(reply, tried=(*reply.tried[:-1], cut))
            raise
        finally:
            self._book(request, decision, reply, status=streamed.status, outcome=outcome, usage=usage)

    def _book(
        self,
        request: ChatRequest,
        decision: Decision,
        reply: Reply,
        *,
        status: int,
        outcome: str,
        usage: Usage | None,
    ) -> None:
        seconds = self._now() - request.arrived
        target = reply.target
        self._decisions.add(
            Record(
                id=request.decision_id,
                request_id=request.id,
                arrived=self._wall() - seconds,
                seconds=seconds,
                decision=decision,
                tried=reply.tried,
                target=target.name if target else None,
                status=status,
                outcome=outcome,
                streamed=request.streams,
                usage=usage,
            )
        )
        model, provider = (target.model, target.provider) if target else ("", "")
        for tried in reply.tried:
            self._metrics.tried(tried)
        self._metrics.served(
            policy=f"{decision.policy.namespace}/{decision.policy.name}" if decision.policy else "",
            rule=decision.rule or "",
            model=model,
            provider=provider,
            outcome=outcome,
            seconds=seconds,
            failover=reply.failed_over,
        )
        if target is not None and status < 400:
            self._metrics.first_content(model=model, provider=provider, seconds=reply.tried[-1].seconds)
        if usage is not None:
            self._metrics.used(model=model, provider=provider, usage=usage)
        log.debug(
            "request ended",
            extra={"request": request.id, "outcome": outcome, "status": status, "target": target and target.name},
        )
