"""Case X01, the router's half: given a configuration made by hand, it still connects to nobody it must not call.

What the schema and the operator refuse stands here as if neither had looked.
"""

import asyncio
import socket
from typing import Any

import pytest

from optipath_snapshot import Egress, EgressRule, Snapshot
from support.builders import provider, route, snapshot, target
from support.router import Files, running

NAMES = {
    "metadata.google.internal": "169.254.169.254",
    "metadata.google.internal.": "169.254.169.254",
    "vllm.models.svc": "10.96.0.20",
    "kubernetes.default.svc.cluster.local": "10.96.0.1",
    "kubernetes.default.svc.cluster.local.": "10.96.0.1",
    "rebound.example.com": "127.0.0.1",
    "rebound6.example.com": "fd00:ec2::254",
    "llm.example.com": "93.184.215.14",
}
"""What the cluster's DNS would say."""
ALLOWED = Egress(allow=(EgressRule(host="vllm.models.svc", ports=(8000,)),))
BAD = {
    "metadata": "https://169.254.169.254/v1",
    "metadata over plain http": "http://169.254.169.254/v1",
    "metadata by its name": "https://metadata.google.internal/v1",
    "metadata by its name, absolute": "https://metadata.google.internal./v1",
    "metadata over IPv6": "https://[fd00:ec2::254]/v1",
    "metadata as a decimal": "https://2852039166/v1",
    "metadata as octals": "https://0251.0376.0251.0376/v1",
    "metadata in hexadecimal": "https://0xa9fea9fe/v1",
    "metadata in three parts": "https://169.254.43518/v1",
    "metadata inside IPv6": "https://[::ffff:169.254.169.254]/v1",
    "metadata by NAT64": "https://[64:ff9b::a9fe:a9fe]/v1",
    "loopback": "https://127.0.0.1/v1",
    "loopback by its name": "https://localhost/v1",
    "loopback in short": "https://127.1/v1",
    "loopback over IPv6": "https://[::1]/v1",
    "loopback in other digits": "https://①②⑦.⓪.⓪.①/v1",
    "loopback between other dots": "https://127。0。0。1/v1",
    "the unspecified address": "https://0.0.0.0/v1",
    "a private network": "https://10.0.0.1/v1",
    "another": "https://192.168.1.1/v1",
    "a private network over IPv6": "https://[fd12:3456::1]/v1",
    "a private network inside IPv6": "https://[::ffff:a00:1]/v1",
    "the cluster": "https://kubernetes.default.svc.cluster.local/v1",
    "the cluster, absolute": "https://kubernetes.default.svc.cluster.local./v1",
    "a public name of a loopback address": "https://rebound.example.com/v1",
    "a public name of a metadata address": "https://rebound6.example.com/v1",
    "a public name as the user of a private address": "https://llm.example.com@10.0.0.1/v1",
    "a public name over plain http": "http://llm.example.com/v1",
    "an admitted host over plain http": "http://vllm.models.svc:8000/v1",
    "an admitted host at another port": "https://vllm.models.svc:9000/v1",
}

NO_URLS = dict.fromkeys(("metadata as octals", "loopback in other digits"), (503, *["unreachable"] * 3))
"""What is no URL at all, so that it is not even looked up."""


def by_hand() -> Snapshot:
    """A snapshot with a provider for each bad URL, whose one model has its number."""
    numbered = tuple(enumerate(BAD.values()))
    return snapshot(
        *(route(f"p{number}/m", rule=f"r{number}", models=[f"m{number}"]) for number, _ in numbered),
        providers=[provider(f"p{number}", url=url) for number, url in numbered],
        targets=[target(f"p{number}/m") for number, _ in numbered],
        egress=ALLOWED,
    )


@pytest.mark.case("X01")
async def test_no_bad_address_is_connected_to(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    look_up, connect = socket.getaddrinfo, asyncio.BaseEventLoop.create_connection
    connected: list[tuple[object, object]] = []

    def resolve(host: Any, port: Any, *args: Any, **given: Any) -> Any:
        found = NAMES.get(host, host)
        return look_up(found, port, *args, **given)

    async def connecting(self: Any, protocol: Any, host: Any = None, port: Any = None, **given: Any) -> Any:
        connected.append((host, port))
        return await connect(self, protocol, host, port, **given)

    files.put(by_hand())
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", connecting)
    told = {}
    async with running(files.settings()) as router:
        for number, what in enumerate(BAD):
            answer = await router.ask(f"m{number}")
            attempts = (await router.decision(answer))["attempts"]
            told[what] = (answer.status_code, *(attempt["outcome"] for attempt in attempts))
        callers = {(each.host, each.port) for each in router.bound.api}
    assert len(BAD) >= 25
    assert {what: said for what, said in told.items() if said != (503, "egress_denied")} == NO_URLS
    assert set(connected) <= callers, "the only connections are those of the test itself"
