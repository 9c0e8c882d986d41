"""Who may call, and how: Host, Origin and Content-Type."""

import tracemalloc
from collections.abc import Sequence
from typing import Any

import pytest

from optipath_router.serving.hosts import hosts_of
from optipath_router.settings import Address, Settings
from support.callers import opened, request
from support.router import Files, running

CALLS: dict[str, tuple[dict[str, Any], int]] = {
    "by address": ({"host": "127.0.0.1:7080"}, 200),
    "by address, version 6": ({"host": "[::1]:7080"}, 200),
    "by name": ({"host": "localhost"}, 200),
    "by another port, as through a forward": ({"host": "localhost:18080"}, 200),
    "by a name in capitals": ({"host": "LocalHost:7080"}, 200),
    "by a name with a dot at its end": ({"host": "localhost."}, 421),
    "by another name": ({"host": "evil.example"}, 421),
    "by a name that begins like ours": ({"host": "localhost.evil.example"}, 421),
    "by a name that ends like ours": ({"host": "evil.localhost"}, 421),
    "by a shortened address": ({"host": "127.1"}, 421),
    "by an address as a number": ({"host": "2130706433"}, 421),
    "by another machine's address": ({"host": "10.0.0.1"}, 421),
    "by a port that is none": ({"host": "localhost:http"}, 421),
    "by a port beyond all ports": ({"host": "localhost:65536"}, 421),
    "by a user's name": ({"host": "a@localhost"}, 421),
    "by nothing": ({"host": ""}, 400),
    "without a Host": ({"host": None}, 400),
    "from a page of this machine": ({"origin": "http://localhost:3000"}, 200),
    "from a page of this machine by TLS": ({"origin": "https://127.0.0.1"}, 200),
    "from another page": ({"origin": "https://evil.example"}, 403),
    "from a page that begins like ours": ({"origin": "http://localhost.evil.example"}, 403),
    "from a page without an origin": ({"origin": "null"}, 403),
    "from a page of nowhere": ({"origin": ""}, 403),
    "from an extension": ({"origin": "chrome-extension://localhost"}, 403),
    "with text": ({"content_type": "text/plain"}, 415),
    "with a form": ({"content_type": "application/x-www-form-urlencoded"}, 415),
    "with a form in parts": ({"content_type": "multipart/form-data; boundary=application/json"}, 415),
    "with something that begins like JSON": ({"content_type": "application/json-seq"}, 415),
    "with nobody knows what": ({"content_type": None}, 415),
    "with JSON of a character set": ({"content_type": 'Application/JSON ; charset="utf-8"'}, 200),
}


@pytest.mark.case("X06")
@pytest.mark.parametrize(("headers", "status"), CALLS.values(), ids=CALLS)
async def test_only_json_from_this_machine_under_our_own_name_is_taken(headers: dict[str, Any], status: int) -> None:
    async with opened() as door:
        answer = await door.ask(request(**headers))
    assert answer.status == status
    assert len(door.application.asked) == (status == 200)
    if status != 200:
        assert answer.error["code"] == "invalid_request"
        assert all(value[:10] in answer.error["message"] for value in headers.values() if value and status != 400)


@pytest.mark.case("X06")
@pytest.mark.parametrize("name", ["host", "origin", "content-type"])
async def test_what_may_stand_there_once_must_not_stand_there_twice(name: str) -> None:
    twice = {"host": "localhost", "origin": "http://localhost", "content-type": "application/json"}[name]
    data = request(origin="http://localhost").replace(b"\r\n\r\n", f"\r\n{name}: {twice}\r\n\r\n".encode())
    async with opened() as door:
        answer = await door.ask(data)
    assert (answer.status, door.application.asked) == (400, [])


async def test_a_get_needs_no_content_type() -> None:
    async with opened() as door:
        assert (await door.ask(request("GET", body=b"", content_type=None))).status == 200


@pytest.mark.case("X06")
async def test_probes_answer_to_any_host() -> None:
    async with opened(is_ours=None) as door:
        for headers in ({"host": "10.1.2.3:7081"}, {"host": None}, {"origin": "https://evil.example"}):
            assert (await door.ask(request("GET", body=b"", **headers))).status == 200
        assert (await door.ask(request("GET", "http://10.1.2.3/livez"))).status == 400


def listen(*hosts: str) -> Sequence[Address]:
    return [Address(host, 7080) for host in hosts]


HOSTS = {
    "loopback is ours wherever we listen": (listen("10.0.0.7"), "localhost", True),
    "an address that we listen on": (listen("10.0.0.7"), "10.0.0.7:7080", True),
    "its neighbour": (listen("10.0.0.7"), "10.0.0.8:7080", False),
    "a name that we listen on": (listen("Router.test"), "router.TEST:7080", True),
    "an address that is written in another way": (listen("fd00::7"), "[FD00:0:0::7]:7080", True),
    "any address where we listen on all": (listen("0.0.0.0"), "10.0.0.8", True),
    "any address where we listen on all, version 6": (listen("::"), "[fd00::7]", True),
    "a name where we listen on all": (listen("0.0.0.0"), "router.test", False),
    "brackets around a name": (listen("0.0.0.0"), "[localhost]", False),
    "no text at all": (listen("0.0.0.0"), "\xff", False),
}


@pytest.mark.parametrize(("addresses", "host", "ours"), HOSTS.values(), ids=HOSTS)
def test_hosts(*, addresses: Sequence[Address], host: str, ours: bool) -> None:
    assert hosts_of(addresses)(host.encode("latin-1")) is ours


@pytest.mark.case("D05")
def test_hosts_that_are_too_long_are_not_remembered() -> None:
    is_ours = hosts_of(listen("127.0.0.1"))
    tracemalloc.start()
    for number in range(256):
        assert not is_ours(b"%d" % number + b"x" * 2**16)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 2**20


@pytest.mark.case("X06")
async def test_a_router_checks_its_api_and_not_its_probes(files: Files) -> None:
    assert hosts_of(Settings().listen)(b"127.0.0.1:7080")
    async with running(files.settings()) as router:
        evil = {"host": "evil.example"}
        asked = await router.http.get(f"{router.url}/v1/models", headers=evil)
        probed = await router.http.get(f"{router.admin}/livez", headers=evil)
        metrics = (await router.get("/metrics")).text
    assert (asked.status_code, probed.status_code) == (421, 200)
    assert 'optipath_turned_away_total{reason="invalid_request"} 1.0' in metrics
