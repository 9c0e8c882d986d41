"""The story of a request: classify, decide, call, account. Read this first.

The steps are handed in by runtime.py, and each takes what the one before it gave:

    ChatRequest ─ classify ─▶ Features ─ decide ─▶ Decision ─ call ─▶ Reply ─ account ─▶ Reply

Where policies limit how many requests may be under way at once, there is one
more between deciding and calling: `admit` lets a request in, has it wait, or
refuses it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from optipath_router.call.limits import Held
from optipath_router.chat.features import Features
from optipath_router.chat.reply import Reply
from optipath_router.chat.request import ChatRequest
from optipath_router.chat.wait import Wait
from optipath_router.decide.decision import Decision

_LARGE_BYTES: Final = 256 * 1024
"""A request beyond this is looked at in a thread: what it means may take longer than streams should wait."""


@dataclass(frozen=True, slots=True)
class Flow:
    """From a request to its reply, under one snapshot."""

    classify: Callable[[ChatRequest], Features]
    decide: Callable[[Features], Decision]
    admit: Callable[[ChatRequest, Decision, Held], Awaitable[Wait | None]] | None
    """None where there are no limits."""
    call: Callable[[ChatRequest, Decision, Wait | None], Awaitable[Reply]]
    account: Callable[[ChatRequest, Decision, Reply, Wait | None], Reply]

    async def __call__(self, request: ChatRequest, held: Held) -> tuple[Decision, Reply]:
        """The reply to a request, and the decision that led to it; `held` gets what is to be left at its end."""
        large = len(request.body) > _LARGE_BYTES
        features = await asyncio.to_thread(self.classify, request) if large else self.classify(request)
        decision = self.decide(features)
        wait = None if self.admit is None else await self.admit(request, decision, held)
        if wait is not None and wait.refusal is not None:
            return decision, self.account(request, decision, Reply(wait.refusal), wait)
        if wait is not None:
            decision = self.decide(features)  # meanwhile others have become busy, or well
        reply = await self.call(request, decision, wait)
        return decision, self.account(request, decision, reply, wait)
