"""The webhook: `POST /mutate`, from an HTTP request to an answer.

A review that cannot be read gets an HTTP error and no verdict. Where the
injector itself fails it says so with 500: a pod is never let through by mistake.
"""

import logging
import time
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from optipath_operator.inject.body import UNREADABLE, Bodies, unreadable
from optipath_operator.inject.injection import Injection
from optipath_operator.inject.metrics import Metrics
from optipath_operator.inject.review import answer, judge, outcome, read
from optipath_operator.inject.sidecar import Refused

log = logging.getLogger(__name__)


class Webhook:
    """Answers reviews, each by itself: nothing is remembered from one to the next."""

    def __init__(self, injection: Injection, version: str, metrics: Metrics) -> None:
        self._injection, self._version, self._metrics = injection, version, metrics
        self._bodies = Bodies()
        self.draining = False
        """Whether callers are asked to go elsewhere with their next review."""

    def app(self) -> Starlette:
        """The application."""
        return Starlette(
            routes=[Route("/mutate", self._mutate, methods=["POST"])],
            exception_handlers={**dict.fromkeys(UNREADABLE, self._malformed), Exception: self._failed},
        )

    async def _mutate(self, request: Request) -> Response:
        body = await self._bodies.read(request)
        began = time.perf_counter()
        review = read(body)
        verdict = judge(review, self._injection, self._version)
        content = answer(review, verdict)
        word = outcome(verdict)
        if isinstance(verdict, Refused):
            log.warning("a pod was refused", extra={"namespace": review.namespace, "reason": verdict.message})
        self._metrics.reviews.labels(word).inc()
        self._metrics.seconds.observe(time.perf_counter() - began)
        return self._sent(Response(content, media_type="application/json"))

    async def _malformed(self, _request: Request, error: Exception) -> Response:
        self._metrics.reviews.labels("malformed").inc()
        return self._sent(unreadable(error))

    async def _failed(self, _request: Request, _error: Exception) -> Response:
        """Say that it was us; what it was is logged by the server, with its traceback."""
        self._metrics.reviews.labels("failed").inc()
        message = "the OptiPath injector failed on this pod; its log says how\n"
        return self._sent(PlainTextResponse(message, HTTPStatus.INTERNAL_SERVER_ERROR))

    def _sent(self, response: Response) -> Response:
        if self.draining:
            response.headers["connection"] = "close"
        return response
