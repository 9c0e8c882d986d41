"""The API server, as we speak to it: plain JSON over the official client's connection and credentials.

Its generated methods build a model of each object and check it, which costs
more than all we do with one; what we read and write are a few fields.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Any, Final
from urllib.parse import urlencode
from urllib.request import getproxies

import aiohttp
from kubernetes.aio import client, config

from optipath_operator.cluster.outage import Outage

Json = dict[str, Any]

APPLY: Final = "application/apply-patch+yaml"
MERGE: Final = "application/merge-patch+json"
STRATEGIC: Final = "application/strategic-merge-patch+json"
# By default the API server reads what we write a second time, to warn of unknown fields; that is a fifth of its work.
_WRITE: Final[Mapping[str, str]] = {"fieldManager": "optipath-operator", "fieldValidation": "Ignore"}

_TIMEOUT_SECONDS: Final = 30
_AT_ONCE: Final = 16
"""Requests in flight: more only make the API server's fairness queue us (nolar/kopf#1011)."""
_NOT_NOW: Final = frozenset({401, 429, 502, 503, 504})
"""Answers that are about the API server, or what stands before it, and not about what was asked.

401 is one of them: it passes when authentication works again, or our token has been read anew, which is every minute.
"""


class ApiError(Exception):
    """The API server said no."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class NotFound(ApiError):
    """There is no such object."""


class Conflict(ApiError):
    """Somebody else was faster."""


class Gone(ApiError):
    """The version that was asked for is too old: list anew."""


class Unreachable(Exception):
    """The API server did not answer, or not now; `Client.outage` knows when to come back."""

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


# What comes of a broken connection, and of something that is not the API server answering in its place.
_BROKEN: Final = (aiohttp.ClientError, OSError, TimeoutError, ValueError, config.ConfigException)
_ERRORS: Final[Mapping[int, type[ApiError]]] = {404: NotFound, 409: Conflict, 410: Gone}


class Client:
    """Requests to one API server. Close it when done."""

    def __init__(self, api: client.ApiClient) -> None:
        self._api = api
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self.outage = Outage()
        """Begins by itself whenever a request raises Unreachable."""

    async def get(self, path: str, accept: str = "application/json", **query: str) -> Json:
        """The object, or list of objects, at a path."""
        return await self._request("GET", path, query, accept=accept)

    async def create(self, path: str, body: Json) -> Json:
        """Create an object; raises Conflict where it is there."""
        return await self._request("POST", path, _WRITE, body)

    async def replace(self, path: str, body: Json) -> Json:
        """Replace an object; raises Conflict where it has changed since its resourceVersion."""
        return await self._request("PUT", path, _WRITE, body)

    async def apply(self, path: str, body: Json) -> Json:
        """Make the fields that we own what the body says; others' fields stay."""
        return await self._request("PATCH", path, {**_WRITE, "force": "true"}, body, content_type=APPLY)

    async def merge(self, path: str, body: Json) -> Json:
        """Set some fields of an object."""
        return await self._request("PATCH", path, _WRITE, body, content_type=MERGE)

    async def merge_entries(self, path: str, body: Json) -> Json:
        """Set some fields of an object that is built in, also in entries of its lists, which are found by their key."""
        return await self._request("PATCH", path, _WRITE, body, content_type=STRATEGIC)

    async def delete(self, path: str) -> None:
        """Delete an object; one that is gone already is as good."""
        with suppress(NotFound):
            await self._request("DELETE", path, {})

    async def watch(self, path: str, accept: str = "application/json", **query: str) -> AsyncGenerator[Json]:
        """Watch events, until the API server ends them; raises ApiError, Gone, Unreachable."""
        # The caller sees to it that a silent watch is given up; a whole one has no time of its own.
        timeout = aiohttp.ClientTimeout(total=None, connect=_TIMEOUT_SECONDS)
        with self._broken(f"watching {path}"):
            url, headers = await self._prepared("GET", path, query | {"watch": "true"}, accept, None)
            response = await self._api.rest_client.request("GET", url, headers=headers, _request_timeout=timeout)
            with closing(response.response):
                if response.status != 200:
                    raise _error(response.status, await response.read(), response.headers)
                # A connection that breaks after the answer began is an end like any other: one asks again from there.
                with suppress(aiohttp.ClientError, OSError):
                    async for line in response.response.content:
                        event: Json = json.loads(line)
                        if event["type"] == "ERROR":
                            raise _error(event["object"].get("code", 500), line, response.headers)
                        yield event

    async def answers(self) -> bool:
        """Whether the API server says anything, be it no."""
        try:
            await self.get("/version")
        except Unreachable:
            return False
        except ApiError:
            return True
        return True

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()

    async def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Json | None = None,
        *,
        accept: str = "application/json",
        content_type: str = "application/json",
    ) -> Json:
        async with self._slots:
            with self._broken(f"{method} {path}"):
                url, headers = await self._prepared(
                    method, path, query, accept, content_type if body is not None else None
                )
                response = await self._api.rest_client.request(
                    method, url, headers=headers, body=body, _request_timeout=_TIMEOUT_SECONDS
                )
                data = await response.read()
                if response.status >= 300:
                    raise _error(response.status, data, response.headers)
                found: Json = json.loads(data)
                return found

    @contextmanager
    def _broken(self, what: str) -> Iterator[None]:
        """Foreign exceptions become Unreachable here, and an outage begins."""
        try:
            try:
                yield
            except _BROKEN as error:
                raise Unreachable(f"{what}: {error!r}") from error
        except Unreachable as error:
            self.outage.began(error, error.retry_after_seconds)
            raise

    async def _prepared(
        self, method: str, path: str, query: Mapping[str, str], accept: str, content_type: str | None
    ) -> tuple[str, dict[str, str]]:
        headers = {"Accept": accept}
        if content_type is not None:
            headers["Content-Type"] = content_type
        await self._api.update_params_for_auth(headers, [], ["BearerToken"], path, method, None)
        url = self._api.configuration.host + path + ("?" + urlencode(query) if query else "")
        return url, headers


async def connect() -> Client:
    """A client with the pod's own credentials, or those of KUBECONFIG outside of a cluster."""
    chosen = client.Configuration()
    try:
        config.load_incluster_config(chosen)
    except config.ConfigException:
        await config.load_kube_config(client_configuration=chosen)
    # From Python 3.13 on it asks for what authorities made before 2020 often lack, and no other client asks for.
    chosen.disable_strict_ssl_verification = True
    # Looking for proxies, and for a .netrc in a thread, takes longer than all else that we do for a request.
    chosen.client_session_kwargs = {"trust_env": bool(getproxies())}
    return Client(client.ApiClient(chosen))


def version(found: Json) -> int:
    """How new an object is: since Kubernetes 1.35 resourceVersions may be compared, and always were numbers."""
    return int(found["metadata"]["resourceVersion"])


def _error(status: int, data: bytes, headers: Mapping[str, str]) -> ApiError | Unreachable:
    try:
        told = json.loads(data)
        message = told.get("object", told).get("message", "")
    except (ValueError, AttributeError):
        message = data[:200].decode("utf-8", "replace")
    if status in _NOT_NOW:
        after = headers.get("Retry-After", "")
        return Unreachable(f"{status}: {message}", float(after) if after.isdecimal() else None)
    return _ERRORS.get(status, ApiError)(status, message)
