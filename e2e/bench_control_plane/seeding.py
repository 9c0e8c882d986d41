"""What stands in the cluster before the operator comes: tenants, their resources, and pods that no kubelet runs."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, Self

import aiohttp
import yaml

from e2e.bench_control_plane.plane import SEEDER, Plane, trusting

_CRDS = Path(__file__).parents[2] / "deploy/crds"
_GROUP = "/apis/optipath.io/v1alpha1"
_AT_ONCE = 32
_SYSTEM = "optipath-system"
_TIER = "bronze"
_LARGEST_TIER = 500

TIER_PATH = f"{_GROUP}/namespaces/{_SYSTEM}/routingpolicies/{_TIER}"
HOUSE_PATH = f"{_GROUP}/namespaces/{_SYSTEM}/modelproviders/house"
PLATFORM_RESOURCES = 2
"""A tier, and a provider that is shared with all."""

Json = dict[str, Any]


class Api:
    """The API server, for one who seeds and looks."""

    def __init__(self, plane: Plane) -> None:
        self._session = aiohttp.ClientSession(
            plane.url,
            headers={"Authorization": f"Bearer {SEEDER}"},
            connector=aiohttp.TCPConnector(ssl=trusting(), limit=_AT_ONCE + 8),
            read_bufsize=2**21,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def create(self, path: str, body: Json) -> None:
        """Create an object."""
        async with self._session.post(path, json=body) as answer:
            if answer.status not in (200, 201):
                raise RuntimeError(f"{path}: {answer.status}: {await answer.text()}")

    async def merge(self, path: str, body: Json) -> None:
        """Change some fields of an object."""
        kind = {"Content-Type": "application/merge-patch+json"}
        async with self._session.patch(path, data=json.dumps(body), headers=kind) as answer:
            if answer.status != 200:
                raise RuntimeError(f"{path}: {answer.status}: {await answer.text()}")

    async def get(self, path: str, **query: str) -> Json | None:
        """An object or a list; None where there is none."""
        async with self._session.get(path, params=query) as answer:
            found: Json | None = await answer.json() if answer.status == 200 else None
            return found

    async def watch(self, path: str, seen: Callable[[Json], None], **query: str) -> None:
        """Tell of events for as long as this task lives."""
        timeout = aiohttp.ClientTimeout(total=None)
        async with self._session.get(path, params=query | {"watch": "true"}, timeout=timeout) as answer:
            async for line in answer.content:
                seen(json.loads(line))


def tenant(number: int) -> str:
    """The name of a namespace."""
    return f"tenant-{number:04}"


def in_tier(namespaces: int) -> int:
    """How many of so many namespaces, the first ones, are of the tier."""
    return min(_LARGEST_TIER, namespaces // 2)


def policy_path(namespace: str, number: int) -> str:
    """Where a RoutingPolicy stands."""
    return f"{_GROUP}/namespaces/{namespace}/routingpolicies/policy-{number}"


async def seed(api: Api, *, namespaces: int, policies: int, pods: int) -> None:
    """Fill the cluster: a provider and some policies in each namespace, the pods spread over all of them."""
    for path in sorted(_CRDS.glob("*.yaml")):
        await api.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", yaml.safe_load(path.read_text()))
    for plural in ("modelproviders", "routingpolicies"):
        while await api.get(f"{_GROUP}/{plural}") is None:  # noqa: ASYNC110  only the API server knows
            await asyncio.sleep(0.2)
    names = [tenant(number) for number in range(namespaces)]
    tier = names[: in_tier(namespaces)]
    await _all(api.create("/api/v1/namespaces", _namespace(name)) for name in {_SYSTEM, *names}.difference(tier))
    await _all(api.create("/api/v1/namespaces", _namespace(name, {"optipath.io/sla-tier": _TIER})) for name in tier)
    await api.create(HOUSE_PATH.rpartition("/")[0], _provider("house") | {"spec": _SPEC | {"sharing": {"from": "All"}}})
    await api.create(TIER_PATH.rpartition("/")[0], _policy(_TIER, tier_spec("strict", attempts=2)))
    await _all(api.create(f"{_GROUP}/namespaces/{name}/modelproviders", _provider()) for name in names)
    await _all(
        api.create(f"{_GROUP}/namespaces/{name}/routingpolicies", _policy(f"policy-{number}", _spec(number)))
        for name in names
        for number in range(policies)
    )
    await _all(
        api.create(f"/api/v1/namespaces/{names[number % namespaces]}/pods", _pod(number)) for number in range(pods)
    )


def rule(name: str, model: str) -> Json:
    """A rule that sends what asks for a model of some name to a target of the tenant's own, and a shared one."""
    return {
        "name": name,
        "match": {"models": [model]},
        "strategy": {"ordered": {}},
        "targets": [
            {"provider": "acme", "model": "large"},
            {"provider": "house", "namespace": _SYSTEM, "model": "small"},
        ],
    }


def tier_spec(model: str, *, attempts: int) -> Json:
    """What the tier says: a rule of its own for what asks for a model of some name, and a bound."""
    scope = {"mode": "Overrides", "tiers": [_TIER], "clamp": {"attempts": attempts}}
    target = {"provider": "house", "model": "large"}
    return {
        "scope": scope,
        "rules": [{"name": "tier", "match": {"models": [model]}, "strategy": {"ordered": {}}, "targets": [target]}],
    }


_SPEC = {
    "type": "OpenAICompatible",
    "endpoint": {"url": "https://acme.example/v1"},
    "models": [
        {"name": name, "contextWindow": 100_000, "pricing": {"inputPerMTok": "1", "outputPerMTok": "2"}}
        for name in ("large", "small")
    ],
}


def _namespace(name: str, labels: Json | None = None) -> Json:
    return {"metadata": {"name": name, "labels": {"optipath.io/inject": "enabled"} | (labels or {})}}


def _provider(name: str = "acme") -> Json:
    return {"apiVersion": "optipath.io/v1alpha1", "kind": "ModelProvider", "metadata": {"name": name}, "spec": _SPEC}


def _policy(name: str, spec: Json) -> Json:
    return {"apiVersion": "optipath.io/v1alpha1", "kind": "RoutingPolicy", "metadata": {"name": name}, "spec": spec}


def _spec(number: int) -> Json:
    return {"rules": [rule(f"rule-{each}", f"model-{number}-{each}") for each in range(3)]}


def _pod(number: int) -> Json:
    return {
        "metadata": {"name": f"app-{number:05}", "labels": {"optipath.io/router": "enabled", "app": "chat"}},
        "spec": {"containers": [{"name": "app", "image": "app"}]},
    }


async def _all(work: Iterable[Awaitable[None]]) -> None:
    """Do everything, so much at once."""
    waiting = iter(work)

    async def hand() -> None:
        for each in waiting:
            await each

    await asyncio.gather(*(hand() for _ in range(_AT_ONCE)))
