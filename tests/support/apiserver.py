"""A double of the API server: it has objects and versions, fails as told, and remembers what it was asked."""

import asyncio
import copy
import re
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Any

from optipath_operator.cluster.client import ApiError, Client, Conflict, Json, NotFound, Unreachable
from optipath_operator.cluster.outage import Outage

WRITES = ("create", "replace", "apply", "merge", "merge_entries", "delete")


@dataclass(frozen=True, slots=True)
class Request:
    """What it was asked."""

    verb: str
    path: str
    body: Json = field(default_factory=dict)


class ApiServer(Client):
    """What `Client` says of a real one, out of memory."""

    def __init__(self) -> None:
        self.outage = Outage()
        self.objects: dict[str, Json] = {}
        self.requests: list[Request] = []
        self.watches: defaultdict[str, asyncio.Queue[Json | Exception | None]] = defaultdict(asyncio.Queue)
        """What watchers of a path are told next; None ends a watch, an exception breaks it."""
        self.tables: dict[str, Json] = {}
        """What lists of a path are where a table is asked for."""
        self.serves_our_kinds = True
        self.largest_page = 500
        self._failures: list[tuple[str, str, Exception]] = []
        self._meanwhile: list[tuple[str, Callable[[], None]]] = []
        self._version = 100

    def put(self, path: str, body: Json) -> Json:
        """Have an object there, in a new version."""
        self._version += 1
        before = self.objects.get(path)
        found = copy.deepcopy(body)
        metadata = found.setdefault("metadata", {})
        segments = path.split("/")
        metadata.setdefault("name", segments[-1])
        if "/namespaces/" in path and segments[-2] != "namespaces":
            metadata.setdefault("namespace", segments[segments.index("namespaces") + 1])
        uid = before["metadata"]["uid"] if before else f"uid-{self._version}"
        metadata["uid"], metadata["resourceVersion"] = metadata.get("uid", uid), str(self._version)
        self.objects[path] = found
        return copy.deepcopy(found)

    def remove(self, path: str) -> Json:
        """Have an object there no longer; as a watch would tell of its end."""
        self._version += 1
        found = self.objects.pop(path)
        found["metadata"]["resourceVersion"] = str(self._version)
        return found

    def fail(self, verb: str, path: str, *errors: Exception) -> None:
        """Answer the next requests of this kind to paths that match with these errors, one each."""
        self._failures += [(verb, path, error) for error in errors]

    def meanwhile(self, path: str, happens: Callable[[], None]) -> None:
        """Have something happen while the next write to a path is under way."""
        self._meanwhile.append((path, happens))

    @property
    def writes(self) -> list[Request]:
        """What was written, Leases apart."""
        return [each for each in self.requests if each.verb in WRITES and "/leases" not in each.path]

    def written(self, part: str) -> list[Request]:
        """What was written at paths that have a part."""
        return [each for each in self.writes if part in each.path]

    async def get(self, path: str, accept: str = "application/json", **query: str) -> Json:
        self._asked(Request("get", path, {"accept": accept}))
        if "as=Table" in accept and path in self.tables:
            return copy.deepcopy(self.tables[path])
        if path in self.objects:
            return copy.deepcopy(self.objects[path])
        if path == "/version":
            return {"major": "1"}
        if path == "/apis/optipath.io/v1alpha1":
            kinds = ("ModelProvider", "RoutingPolicy") if self.serves_our_kinds else ()
            return {"resources": [{"kind": kind} for kind in kinds]}
        if re.search(r"/(configmaps|pods|modelproviders|routingpolicies|namespaces)$", path):
            return self._list(path, query)
        raise NotFound(404, f"{path} not found")

    async def create(self, path: str, body: Json) -> Json:
        self._asked(Request("create", path, body))
        name = body["metadata"].get("name") or f"{body['metadata']['generateName']}{self._version}"
        if f"{path}/{name}" in self.objects:
            raise Conflict(409, "already exists")
        return self.put(f"{path}/{name}", body)

    async def replace(self, path: str, body: Json) -> Json:
        self._asked(Request("replace", path, body))
        if self._at(path)["metadata"]["resourceVersion"] != body["metadata"]["resourceVersion"]:
            raise Conflict(409, "the object has been modified")
        return self.put(path, body)

    async def apply(self, path: str, body: Json) -> Json:
        self._asked(Request("apply", path, body))
        if path.endswith("/status"):
            whole = path.removesuffix("/status")
            found = self._at(whole)
            conditions = {each["type"]: each for each in found.get("status", {}).get("conditions", ())}
            conditions |= {each["type"]: each for each in body["status"]["conditions"]}
            return self.put(whole, found | {"status": body["status"] | {"conditions": list(conditions.values())}})
        found = self.objects.get(path, {"metadata": {}})
        labels = found["metadata"].get("labels", {}) | body["metadata"].get("labels", {})
        metadata = found["metadata"] | body["metadata"] | {"labels": labels}
        return self.put(path, found | body | {"metadata": metadata})

    async def merge(self, path: str, body: Json) -> Json:
        self._asked(Request("merge", path, body))
        return self._patched(path, body)

    async def merge_entries(self, path: str, body: Json) -> Json:
        self._asked(Request("merge_entries", path, body))
        entries = {each["name"]: each for each in body["webhooks"]}
        found = self._at(path)["webhooks"]
        assert entries.keys() <= {each["name"] for each in found}, "an entry of nothing but a bundle is not valid"
        merged = [_merged(each, entries.get(each["name"], {})) for each in found]
        return self._patched(path, body | {"webhooks": merged})

    async def delete(self, path: str) -> None:
        self._asked(Request("delete", path))
        if path in self.objects:
            self.remove(path)

    async def watch(self, path: str, accept: str = "application/json", **query: str) -> AsyncGenerator[Json]:
        self._asked(Request("watch", path, query | {"accept": accept}))
        while (event := await self.watches[path].get()) is not None:
            if isinstance(event, Exception):
                raise event
            yield event

    async def close(self) -> None:
        pass

    def _asked(self, request: Request) -> None:
        self.requests.append(request)
        for failure in self._failures:
            verb, path, error = failure
            if verb in (request.verb, "*") and re.search(path, request.path):
                self._failures.remove(failure)
                if isinstance(error, Unreachable):
                    self.outage.began(error, error.retry_after_seconds)
                raise error
        if request.verb in WRITES:
            for pair in self._meanwhile:
                if pair[0] in request.path:
                    self._meanwhile.remove(pair)
                    pair[1]()
                    break

    def _at(self, path: str) -> Json:
        if path not in self.objects:
            raise NotFound(404, f"{path} not found")
        return copy.deepcopy(self.objects[path])

    def _patched(self, path: str, patch: Json) -> Json:
        found = self._at(path)
        since = patch.get("metadata", {}).get("resourceVersion")
        if since not in (None, found["metadata"]["resourceVersion"]):
            raise Conflict(409, "the object has been modified")
        return self.put(path, _merged(found, patch))

    def _list(self, path: str, query: dict[str, str]) -> Json:
        prefix, _, plural = path.rpartition("/")
        pattern = re.compile(rf"{re.escape(prefix)}(/namespaces/[^/]+)?/{plural}/[^/]+")
        label, _, value = query.get("labelSelector", "").partition("=")
        name = query.get("fieldSelector", "").removeprefix("metadata.name=")
        found = [
            copy.deepcopy(each)
            for at, each in sorted(self.objects.items())
            if pattern.fullmatch(at)
            and (not label or each["metadata"].get("labels", {}).get(label) == value)
            and (not name or each["metadata"]["name"] == name)
        ]
        first = int(query.get("continue", "0"))
        last = first + min(int(query.get("limit", "500")), self.largest_page)
        metadata = {"resourceVersion": str(self._version)}
        return {
            "metadata": metadata | ({"continue": str(last)} if last < len(found) else {}),
            "items": found[first:last],
        }


def refused(status: int, message: str = "no") -> ApiError:
    """An answer that says no."""
    return ApiError(status, message)


def namespace(name: str = "team-a", *, inject: bool = True, **metadata: Any) -> Json:
    """A Namespace."""
    labels = {"optipath.io/inject": "enabled"} if inject else {}
    return {"kind": "Namespace", "metadata": {"name": name, "labels": labels, **metadata}}


def model_provider(name: str = "acme", *, generation: int = 1, **spec: Any) -> Json:
    """A ModelProvider of two models whose prices are known."""
    models = [
        {"name": each, "contextWindow": 1000, "pricing": {"inputPerMTok": "1", "outputPerMTok": "2"}}
        for each in ("large", "small")
    ]
    whole = {"type": "OpenAICompatible", "endpoint": {"url": f"https://{name}.example/v1"}, "models": models}
    return {
        "kind": "ModelProvider",
        "metadata": {"name": name, "generation": generation},
        "spec": {**whole, **spec},
    }


def routing_policy(name: str = "chat", *, asked: str = "chat", generation: int = 1, **spec: Any) -> Json:
    """A RoutingPolicy of one rule."""
    targets = [{"provider": "acme", "model": "small"}]
    rule = {"name": "all", "match": {"models": [asked]}, "strategy": {"ordered": {}}, "targets": targets}
    return {
        "kind": "RoutingPolicy",
        "metadata": {"name": name, "generation": generation},
        "spec": {"rules": [rule], **spec},
    }


def path_of(kind: str, name: str, of: str = "team-a") -> str:
    """Where one of our resources stands."""
    plural = {"ModelProvider": "modelproviders", "RoutingPolicy": "routingpolicies"}[kind]
    return f"/apis/optipath.io/v1alpha1/namespaces/{of}/{plural}/{name}"


def config_path(of: str = "team-a") -> str:
    """Where a namespace's ConfigMap stands."""
    return f"/api/v1/namespaces/{of}/configmaps/optipath-router"


def _merged(found: Any, patch: Any) -> Any:
    """What RFC 7386 makes of both: null takes a member away."""
    if not isinstance(patch, dict):
        return patch
    before = found if isinstance(found, dict) else {}
    merged = before | {name: _merged(before.get(name), value) for name, value in patch.items()}
    return {name: value for name, value in merged.items() if patch.get(name, value) is not None}
