"""The webhook: `POST /warn/<token>`, from an HTTP request to an answer that allows, and may warn.

An API server shows no certificate, so that a caller is known by the path alone:
only the API server is told it, and nothing is said at any other.

What cannot be read gets an HTTP error, which the API server passes over. All
else is allowed, also when we fail, or are not through in time: a warning is a
courtesy, and conditions say the same a moment later.
"""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from optipath_operator.cluster.client import ApiError, Unreachable
from optipath_operator.inject.body import UNREADABLE, Bodies, unreadable
from optipath_operator.reconcile.preview import NotSeenYet
from optipath_operator.resources import Problem, Severity
from optipath_operator.resources.reading import Manifest
from optipath_operator.telemetry import Metrics
from optipath_operator.warn.advice import warnings
from optipath_operator.warn.review import Review, answer, read

log = logging.getLogger(__name__)

_PATIENCE_SECONDS: Final = 2.0
"""Whoever applies something waits for us."""
_AGAIN_SECONDS: Final = 0.5
"""What was applied just before, from the same file perhaps, is seen by then."""

Preview = Callable[[Manifest], Awaitable[tuple[Problem, ...]]]


class Webhook:
    """Answers reviews of our resources."""

    def __init__(
        self,
        preview: Preview,
        path: Callable[[], str | None],
        metrics: Metrics,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take what tells the problems that a resource would have, and the path to be called by, if there is one."""
        self._preview, self._path, self._metrics, self._sleep = preview, path, metrics, sleep
        self._bodies = Bodies()

    def app(self) -> Starlette:
        """The application."""
        return Starlette(
            # One route for whatever is called: a second would answer a guess otherwise than what is nowhere.
            routes=[Route("/{anything:path}", self._warn, methods=["POST"])],
            exception_handlers=dict.fromkeys(UNREADABLE, self._malformed),
        )

    async def _warn(self, request: Request) -> Response:
        if not self._is_known(request.scope["path"]):
            self._metrics.warned.labels("elsewhere").inc()
            raise HTTPException(HTTPStatus.NOT_FOUND)
        review = read(await self._bodies.read(request))
        outcome, told = await self._told(review)
        self._metrics.warned.labels(outcome).inc()
        return Response(answer(review, told), media_type="application/json")

    def _is_known(self, called: str) -> bool:
        path = self._path()
        # In constant time: how long it takes must not tell how much of a guess is right.
        return path is not None and hmac.compare_digest(called.encode(errors="replace"), path.encode())

    async def _told(self, review: Review) -> tuple[str, tuple[str, ...]]:
        """What came of it, and what is to be said."""
        if review.manifest is None:
            return "passed_over", ()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                problems = await self._problems(review.manifest)
            told = warnings(review.manifest, review.before, problems)
        except (NotSeenYet, ApiError, Unreachable, TimeoutError) as error:
            log.info("nothing is said of a resource: %r", error, extra={"resource": review.manifest["metadata"]})
            return "not_now", ()
        except Exception:
            # Nobody is kept from writing a resource because we cannot say what is wrong with it.
            log.exception("cannot say what is wrong with a resource", extra={"resource": review.manifest["metadata"]})
            return "failed", ()
        return ("warned" if told else "well"), told

    async def _problems(self, manifest: Manifest) -> tuple[Problem, ...]:
        found = await self._preview(manifest)
        if any(problem.severity is Severity.UNRESOLVED for problem in found):
            await self._sleep(_AGAIN_SECONDS)
            found = await self._preview(manifest)
        return found

    async def _malformed(self, _request: Request, error: Exception) -> Response:
        self._metrics.warned.labels("malformed").inc()
        return unreadable(error)
