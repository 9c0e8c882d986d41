"""Where a connection goes, and when there is none: names, addresses, the egress rule, time."""

import asyncio
import errno
import os
import socket
import threading

import pytest

from optipath_cli.simulator.unreachable import Blackhole
from optipath_router.errors import Outcome, RouterError, TargetUnavailable
from optipath_snapshot import Egress, EgressRule
from support.scripted import Do, ScriptedServer, turns
from support.transports import Calling, fetch, request

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
EXAMPLE = Egress(allow=(EgressRule(host="many.example", plaintext=True),))

Names = dict[str, list[str]]


class Resolving:
    """Stands for the resolver: knows a few names, and remembers what it was asked."""

    def __init__(self) -> None:
        self.names: Names = {}
        self.asked: list[str] = []
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        await self.go.wait()
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self.names[host]


@pytest.fixture
async def resolving() -> Resolving:
    return Resolving()


@pytest.fixture
def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
        return port


@pytest.mark.case("T03")
async def test_a_port_on_which_nobody_listens_cannot_be_reached(calling: Calling, free_port: int) -> None:
    with pytest.raises(TargetUnavailable) as raised:
        await fetch(calling.to("127.0.0.1", free_port), request("http://127.0.0.1"))
    assert raised.value.outcome is Outcome.UNREACHABLE
    assert str(raised.value) == f"127.0.0.1 port {free_port} cannot be reached: connection refused"


@pytest.mark.case("T03")
async def test_a_connect_that_hangs_is_given_up(calling: Calling) -> None:
    blackhole = Blackhole("127.0.0.1")
    try:
        transport = calling.to("127.0.0.1", blackhole.port)
        with pytest.raises(TargetUnavailable, match="it took too long") as raised:
            await fetch(transport, request("http://127.0.0.1", times={"connect": 0.05}))
        assert raised.value.outcome is Outcome.UNREACHABLE
        assert transport.pool.taken == 0
    finally:
        blackhole.close()


@pytest.mark.case("T03")
@pytest.mark.parametrize("host", ["nope.invalid", f"{'x' * 70}.example", "..", ""])
async def test_a_name_that_does_not_exist_cannot_be_reached(calling: Calling, host: str) -> None:
    with pytest.raises(TargetUnavailable, match="its name cannot be resolved") as raised:
        await fetch(calling.to(host, 80), request("http://127.0.0.1"))
    assert raised.value.outcome is Outcome.UNREACHABLE


@pytest.mark.case("T03")
async def test_a_resolver_that_hangs_is_given_up(calling: Calling, resolving: Resolving) -> None:
    resolving.go.clear()
    with pytest.raises(TargetUnavailable, match="it took too long"):
        await fetch(
            calling.to("many.example", 80, EXAMPLE, lookup=resolving),
            request("http://127.0.0.1", times={"connect": 0.02}),
        )


async def test_a_connect_that_is_cancelled_leaves_nothing(calling: Calling, resolving: Resolving) -> None:
    blackhole = Blackhole("127.0.0.1")
    try:
        for when in range(10):
            resolving.names["many.example"] = ["127.0.0.1"]
            transport = calling.to("many.example", blackhole.port, EXAMPLE, lookup=resolving)
            asking = asyncio.create_task(fetch(transport, request("http://127.0.0.1")))
            await turns(when)
            asking.cancel()
            await asyncio.wait([asking])
            assert transport.pool.taken == 0
    finally:
        blackhole.close()


async def test_the_addresses_of_a_name_are_tried_in_turn(calling: Calling, resolving: Resolving) -> None:
    # Nobody listens on the first two; the third is the server's.
    resolving.names["many.example"] = ["127.0.0.3", "127.0.0.2", "127.0.0.1"]
    async with ScriptedServer([Do.READ, OK]) as server:
        assert (
            await fetch(calling.to("many.example", server.port, EXAMPLE, lookup=resolving), request(server.url))
        ).body == b"ok"


async def test_an_address_that_hangs_leaves_time_for_the_next(calling: Calling, resolving: Resolving) -> None:
    resolving.names["many.example"] = ["127.0.0.2", "127.0.0.1"]
    async with ScriptedServer([Do.READ, OK]) as server:
        blackhole = Blackhole("127.0.0.2", server.port)
        try:
            transport = calling.to("many.example", server.port, EXAMPLE, lookup=resolving)
            assert (await fetch(transport, request(server.url, times={"connect": 0.2}))).body == b"ok"
        finally:
            blackhole.close()


async def test_of_all_addresses_only_those_admitted_are_connected_to(calling: Calling, resolving: Resolving) -> None:
    resolving.names["many.example"] = ["169.254.169.254", "127.0.0.2", "127.0.0.1"]
    egress = Egress(allow=(EgressRule(network="127.0.0.1/32", plaintext=True),))
    async with ScriptedServer([Do.READ, OK]) as server:
        assert (
            await fetch(calling.to("many.example", server.port, egress, lookup=resolving), request(server.url))
        ).body == b"ok"


@pytest.mark.parametrize(
    "egress",
    [
        Egress(),
        Egress(allow=(EgressRule(network="127.0.0.0/8"),)),
        Egress(allow=(EgressRule(network="127.0.0.0/8", plaintext=True, ports=(1,)),)),
    ],
    ids=["nothing admitted", "plain http not admitted", "another port admitted"],
)
@pytest.mark.parametrize("host", ["many.example", "127.0.0.1"])
async def test_an_address_that_is_not_admitted_is_not_connected_to(
    calling: Calling, resolving: Resolving, host: str, egress: Egress
) -> None:
    resolving.names["many.example"] = ["127.0.0.1"]
    async with ScriptedServer([Do.READ, OK]) as server:
        with pytest.raises(
            TargetUnavailable, match=f"plain http to {host} port {server.port} is not allowed"
        ) as raised:
            await fetch(calling.to(host, server.port, egress, lookup=resolving), request(server.url))
        await turns()
    assert raised.value.outcome is Outcome.EGRESS
    assert server.connections == 0


async def test_an_address_is_resolved_by_nobody(calling: Calling, resolving: Resolving) -> None:
    async with ScriptedServer([Do.READ, OK]) as server:
        await fetch(calling.ours(server, lookup=resolving), request(server.url))
    assert resolving.asked == []


async def test_a_burst_asks_for_its_addresses_once(calling: Calling, resolving: Resolving) -> None:
    resolving.names["many.example"] = ["127.0.0.1"]
    async with ScriptedServer([Do.READ, OK]) as server:
        transport = calling.to("many.example", server.port, EXAMPLE, lookup=resolving)
        asking = [asyncio.create_task(fetch(transport, request(server.url))) for _ in range(20)]
        await turns()
        asking[0].cancel()
        await asyncio.wait(asking)
        assert [(await each).body for each in asking[1:]] == [b"ok"] * 19
    assert resolving.asked == ["many.example"]


@pytest.mark.parametrize("found", [[], ["127.0.0.2"]], ids=["no address", "an address that refuses"])
async def test_what_did_not_help_is_asked_for_again(calling: Calling, resolving: Resolving, found: list[str]) -> None:
    resolving.names |= {"many.example": found} if found else {}
    async with ScriptedServer([Do.READ, OK]) as server:
        transport = calling.to("many.example", server.port, EXAMPLE, lookup=resolving)
        with pytest.raises(TargetUnavailable):
            await fetch(transport, request(server.url))
        resolving.names["many.example"] = ["127.0.0.1"]
        assert (await fetch(transport, request(server.url))).body == b"ok"
    assert len(resolving.asked) == 2


async def test_a_look_up_that_hangs_holds_up_no_other(calling: Calling, monkeypatch: pytest.MonkeyPatch) -> None:
    end, names = threading.Event(), {"many.example": "127.0.0.1"}

    def getaddrinfo(host: str, port: int, **_: object) -> list[object]:
        if host not in names:
            end.wait()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (names.get(host, "127.0.0.9"), port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    async with ScriptedServer([Do.READ, OK]) as server:
        hanging = [
            asyncio.create_task(fetch(calling.to(f"{number}.example", 80), request("http://127.0.0.1")))
            for number in range(40)
        ]
        await turns()
        transport = calling.to("many.example", server.port, EXAMPLE)
        assert (await fetch(transport, request(server.url))).body == b"ok"
        for task in hanging:
            task.cancel()
        await asyncio.wait(hanging)
        end.set()


@pytest.mark.case("D07")
@pytest.mark.parametrize("lack", [errno.EMFILE, errno.ENFILE])
async def test_too_many_open_files_are_no_fault_of_the_providers(calling: Calling, lack: int) -> None:
    async def lookup(_: str, __: int) -> list[str]:
        raise OSError(lack, os.strerror(lack))

    with pytest.raises(TargetUnavailable, match="too many open files") as raised:
        await fetch(calling.to("many.example", 80, EXAMPLE, lookup=lookup), request("http://127.0.0.1"))
    assert raised.value.outcome is Outcome.NO_ROOM


async def test_small_pieces_do_not_wait_for_one_another(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, OK]) as server:
        transport = calling.ours(server)
        await fetch(transport, request(server.url))
        [kept] = transport.pool._idle
        opened = kept._transport.get_extra_info("socket")
        assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.case("T07")
async def test_proxy_variables_are_not_read(
    calling: Calling, monkeypatch: pytest.MonkeyPatch, variable: str, free_port: int
) -> None:
    monkeypatch.setenv(variable, f"http://127.0.0.1:{free_port}")
    async with ScriptedServer([Do.READ, OK]) as server:
        assert (await fetch(calling.ours(server), request(server.url))).body == b"ok"


async def test_a_peer_that_speaks_first_is_no_http_server(calling: Calling) -> None:
    async with ScriptedServer([b"220 mail.example ESMTP\r\n", Do.READ]) as server:
        with pytest.raises(RouterError):
            await fetch(calling.ours(server), request(server.url))
