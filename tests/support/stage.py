"""A stage for the call path: targets in order, what attempts at them come to, and time that the test moves."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import httpx

from optipath_router.call.attempt import Attempt
from optipath_router.call.dispatch import Dispatch
from optipath_router.call.endpoint import Endpoint
from optipath_router.call.health import Healths
from optipath_router.call.layers import layers
from optipath_router.chat.events import Event, Kind
from optipath_router.chat.features import Features
from optipath_router.chat.reply import Content, Reply, Streamed, Tried, Whole
from optipath_router.credentials import Key
from optipath_router.decide import decide, make_plan
from optipath_router.decide.decision import LeftOut
from optipath_router.errors import Outcome, TargetUnavailable, UpstreamBroken, UpstreamBusy, UpstreamError
from optipath_router.providers import DIALECTS
from optipath_snapshot import Provider
from support.builders import provider, route, snapshot, target
from support.clock import Clock
from support.requests import chat_request

OK = Whole(200, (), b"{}")
AUTH = UpstreamError(Outcome.AUTH, "it refused the key", status=401)
QUOTA = UpstreamError(Outcome.QUOTA, "its account is spent", status=429)
SERVER = UpstreamBroken(Outcome.SERVER_ERROR, "it answered 500", status=500)
SLOW = UpstreamBroken(Outcome.TIMEOUT, "it was silent for too long")
GARBLED = UpstreamBroken(Outcome.BROKEN, "7 bytes are no chat completion")
AWAY = TargetUnavailable(Outcome.UNREACHABLE, "cannot be reached")

End = Whole | Streamed | BaseException | Callable[[], Awaitable[Content]]
"""What an attempt comes to: an answer, a failure, or what a function says when it has waited for something."""


def busy(seconds: float | None = None) -> UpstreamBusy:
    """A provider that asks for patience."""
    return UpstreamBusy("it asks for patience", status=429, retry_after_seconds=seconds)


def streamed(*script: Event | BaseException, fate: list[str] | None = None) -> Streamed:
    """A stream that plays a script, and notes in `fate` that it was closed."""

    async def events() -> AsyncGenerator[Event]:
        try:
            for step in script:
                if isinstance(step, BaseException):
                    raise step
                yield step
        finally:
            if fate is not None:
                fate.append("closed")

    return Streamed(200, (), events())


SAID = Event(Kind.CONTENT, b"data: said\n\n", tokens=1)
DONE = Event(Kind.END, b"data: [DONE]\n\n")


class Time(Protocol):
    """A clock whose sleeps are its own."""

    def __call__(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class Stage:
    """Targets a/m, b/m, … in order, and what is called when they are."""

    def __init__(
        self,
        *ends: End,
        targets: Sequence[str] = ("a/m", "b/m", "c/m", "d/m"),
        facts: Mapping[str, Mapping[str, Any]] | None = None,
        providers: Mapping[str, Mapping[str, Any]] | None = None,
        keys: Sequence[Key] = (),
        time: Time | None = None,
        draw: float = 0.5,
        **resilience: Any,
    ) -> None:
        """Take the script; `facts` are what is known of a target by its name, `providers` of a provider."""
        self.time = time or Clock()
        self.asked: list[tuple[str, str | None]] = []
        """Target and key of each attempt."""
        self.at: list[float] = []
        """When each attempt began."""
        self.left: list[tuple[tuple[Tried, ...], Outcome]] = []
        """What was told of requests that were given up."""
        self.shut_out: dict[str, LeftOut] = {}
        """Targets that a data boundary does not admit, whoever ranked them."""
        self._ends = list(ends)
        self._by_name = {key.name: key for key in keys}
        given = providers or {}
        named = dict.fromkeys(name.split("/")[0] for name in targets)
        self.providers = [provider(name, **given.get(name, {})) for name in named]
        made = [target(name, **(facts or {}).get(name, {})) for name in targets]
        of = snapshot(route(*targets, resilience=resilience), providers=self.providers, targets=made)
        self.plan = make_plan(of, "sha256:0", {})
        self.healths = Healths(self.time, lambda: 0.0, lambda: self._by_name)
        self.healths.limits(of.providers)
        self.healths.keep(of.targets)
        self.dispatch = Dispatch(
            layers(self._upstream, self.healths, self.time, sleep=self.time.sleep, draw=lambda: draw),
            {each.name: _endpoint(each) for each in self.providers},
            keys=lambda: self._by_name,
            healths=self.healths,
            shut_out=lambda target, _: self.shut_out.get(target.name),
            abandoned=lambda _, __, tried, outcome, ___: self.left.append((tried, outcome)),
            now=self.time,
        )

    async def __call__(self, *, arrived: float | None = None) -> Reply:
        """The reply to a request; it arrives now, if the test does not say when."""
        request = chat_request(arrived=self.time() if arrived is None else arrived)
        decision = decide(Features("auto", 1), self.plan, self.healths.view(), 0)
        return await self.dispatch(request, decision)

    def play(self, *ends: End) -> None:
        """Go on with the script."""
        self._ends += ends

    async def _upstream(self, attempt: Attempt) -> Content:
        self.asked.append((attempt.target.name, attempt.key.name if attempt.key else None))
        self.at.append(self.time())
        end = self._ends.pop(0)
        if isinstance(self.time, Clock):
            self.time.advance(1)  # an attempt takes a second
        await asyncio.sleep(0)
        if isinstance(end, BaseException):
            raise end
        return end if isinstance(end, Whole | Streamed) else await end()


def _endpoint(of: Provider) -> Endpoint:
    return Endpoint(
        of, of.url.split("/")[2], DIALECTS["OpenAICompatible"], httpx.MockTransport(lambda _: httpx.Response(500))
    )
