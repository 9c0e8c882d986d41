"""What the API server says, as our own exceptions."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from kubernetes.aio import client as kubernetes

from optipath_operator.cluster.client import ApiError, Client, Conflict, Gone, NotFound, Unreachable

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[Client]:
    """A client of a server on this machine that gives one answer to everything."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    client = Client(kubernetes.ApiClient(kubernetes.Configuration(host=f"http://{host}:{port}")))
    try:
        yield client
    finally:
        await client.close()
        await runner.cleanup()


def saying(status: int, body: str = '{"message": "because"}', **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=body, headers=headers)

    return answer


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, NotFound), (409, Conflict), (410, Gone), (403, ApiError), (500, ApiError)],
)
async def test_a_no_is_raised_with_its_reason_and_is_no_outage(status: int, error: type[ApiError]) -> None:
    async with serving(saying(status)) as client:
        with pytest.raises(error, match=f"{status}: because"):
            await client.get("/api/v1/pods")
        await asyncio.wait_for(client.outage.over(), 1)


@pytest.mark.case("O06")
@pytest.mark.parametrize("status", [401, 429, 502, 503, 504])
async def test_not_now_begins_an_outage_and_remembers_the_patience_asked_for(status: int) -> None:
    async with serving(saying(status, **{"Retry-After": "7"})) as client:
        with pytest.raises(Unreachable, match="because") as caught:
            await client.merge("/api/v1/pods", {})
        assert caught.value.retry_after_seconds == 7
        assert not await client.answers()


async def test_something_else_that_answers_in_its_place_is_no_api_server() -> None:
    async with serving(saying(200, "<html>")) as client:
        with pytest.raises(Unreachable):
            await client.get("/api/v1/pods")


async def test_nobody_there_is_unreachable() -> None:
    client = Client(kubernetes.ApiClient(kubernetes.Configuration(host="http://127.0.0.1:1")))
    with pytest.raises(Unreachable):
        await client.get("/version")
    assert not await client.answers()
    await client.close()


async def test_a_no_to_the_question_whether_it_answers_is_an_answer() -> None:
    async with serving(saying(403)) as client:
        assert await client.answers()


async def test_every_write_is_signed_and_asks_for_no_second_look_at_its_fields() -> None:
    asked = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append((request.method, dict(request.query), request.content_type))
        return web.json_response({})

    async with serving(answer) as client:
        for write in (client.create, client.replace, client.merge, client.merge_entries, client.apply):
            await write("/api/v1/pods", {})
    signed = {"fieldManager": "optipath-operator", "fieldValidation": "Ignore"}
    assert asked == [
        ("POST", signed, "application/json"),
        ("PUT", signed, "application/json"),
        ("PATCH", signed, "application/merge-patch+json"),
        ("PATCH", signed, "application/strategic-merge-patch+json"),
        ("PATCH", signed | {"force": "true"}, "application/apply-patch+yaml"),
    ]


async def test_deleting_what_is_gone_is_as_good() -> None:
    async with serving(saying(404)) as client:
        await client.delete("/api/v1/namespaces/a/configmaps/b")


async def watched(answer: Answer) -> list[str]:
    seen = []
    async with serving(answer) as client:
        async for event in client.watch("/api/v1/pods", resourceVersion="5"):
            seen.append(event["type"])  # noqa: PERF401  what came before an error counts
    return seen


async def test_a_watch_tells_line_by_line_until_it_ends() -> None:
    assert await watched(saying(200, '{"type": "ADDED"}\n{"type": "BOOKMARK"}\n')) == ["ADDED", "BOOKMARK"]


@pytest.mark.case("O04")
@pytest.mark.parametrize(("code", "error"), [(410, Gone), (500, ApiError), (503, Unreachable)])
async def test_an_error_inside_a_watch_is_raised_like_any_other(code: int, error: type[Exception]) -> None:
    line = f'{{"type": "ERROR", "object": {{"code": {code}, "message": "too old"}}}}\n'
    with pytest.raises(error, match="too old"):
        await watched(saying(200, line))


async def test_a_watch_that_is_refused_is_raised() -> None:
    with pytest.raises(Gone):
        await watched(saying(410))


async def test_a_watch_that_breaks_off_is_an_end_like_any_other() -> None:
    async def breaks(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b'{"type": "ADDED"}\n')
        assert request.transport is not None
        request.transport.abort()
        raise aiohttp.ClientConnectionResetError

    assert await watched(breaks) == ["ADDED"]
