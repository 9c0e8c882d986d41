"""The story of a request: classify, decide, call, account. Read this first.

The steps are handed in by runtime.py, and each takes what the one before it gave:

    ChatRequest ─ classify ─▶ Features ─ decide ─▶ Decision ─ call ─▶ Reply ─ account ─▶ Reply
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from optipath_router.chat.features import Features
from optipath_router.chat.reply import Reply
from optipath_router.chat.request import ChatRequest
from optipath_router.decide.decision import Decision

_LARGE_BYTES: Final = 256 * 1024
"""A request beyond this is looked at in a thread: what it means may take longer than streams should wait."""


@dataclass(frozen=True, slots=True)
class Flow:
    """From a request to its reply, under one snapshot."""

    classify: Callable[[ChatRequest], Features]
    decide: Callable[[Features], Decision]
    call: Callable[[ChatRequest, Decision], Awaitable[Reply]]
    account: Callable[[ChatRequest, Decision, Reply], Reply]

    async def __call__(self, request: ChatRequest) -> tuple[Decision, Reply]:
        """The reply to a request, and the decision that led to it."""
        large = len(request.body) > _LARGE_BYTES
        features = await asyncio.to_thread(self.classify, request) if large else self.classify(request)
        decision = self.decide(features)
        reply = await self.call(request, decision)
        return decision, self.account(request, decision, reply)
