"""TLS: whom it trusts, and what is said where it does not."""

import asyncio
import ssl

import pytest

from optipath_cli.simulator.tls import Certificate, served
from optipath_router.call.tls import trust
from optipath_router.errors import Outcome, TargetUnavailable, UpstreamBroken
from optipath_snapshot import Egress, EgressRule
from support.scripted import Do, Script, ScriptedServer, turns
from support.transports import Calling, fetch, request

HEAD = b"HTTP/1.1 200 OK\r\n"
OK = HEAD + b"Content-Length: 2\r\n\r\nok"
HTTPS = Egress(allow=(EgressRule(network="127.0.0.0/8"),))

WRONG: dict[Certificate, str] = {
    "expired": "its certificate has expired",
    "early": "its certificate is not valid yet",
    "wrong-name": "its certificate is for another address",
    "unknown-ca": "its certificate is signed by an authority that is not trusted",
}


def secured(*scripts: Script, certificate: Certificate = "good") -> tuple[ScriptedServer, ssl.SSLContext]:
    """A server that speaks TLS, and what its callers trust."""
    context, authority = served(certificate, "127.0.0.1")
    context.set_alpn_protocols(["h2", "http/1.1"])
    return ScriptedServer(*scripts, tls=context), trust(authority)


async def test_a_certificate_of_the_bundles_authority_is_trusted(calling: Calling) -> None:
    server, tls = secured([Do.READ, OK] * 2)
    async with server:
        transport = calling.ours(server, HTTPS, tls=tls)
        first, second = [await fetch(transport, request(server.url)) for _ in range(2)]
    assert (first.body, second.body, second.reused) == (b"ok", b"ok", True)
    assert server.connections == 1


@pytest.mark.case("T05")
@pytest.mark.parametrize(("certificate", "why"), WRONG.items(), ids=WRONG)
async def test_no_other_certificate_is(calling: Calling, certificate: Certificate, why: str) -> None:
    server, tls = secured([Do.READ, OK], certificate=certificate)
    async with server:
        transport = calling.ours(server, HTTPS, tls=tls)
        with pytest.raises(TargetUnavailable) as raised:
            await fetch(transport, request(server.url))
        await turns()
    assert raised.value.outcome is Outcome.UNREACHABLE
    assert str(raised.value) == f"127.0.0.1 port {server.port} cannot be reached: {why}"
    assert server.requests == []


@pytest.mark.case("T05")
async def test_the_name_that_is_called_is_the_name_that_is_checked(calling: Calling) -> None:
    server, tls = secured([Do.READ, OK], certificate="wrong-name")
    async with server:
        with pytest.raises(TargetUnavailable, match="its certificate is for another name"):
            await fetch(calling.to("localhost", server.port, HTTPS, tls=tls), request(server.url))
    assert server.requests == []


@pytest.mark.case("T05")
async def test_the_systems_roots_do_not_know_the_simulators_authority(calling: Calling) -> None:
    server, _ = secured([Do.READ, OK])
    async with server:
        with pytest.raises(TargetUnavailable, match="signed by an authority that is not trusted"):
            await fetch(calling.ours(server, HTTPS, tls=trust(None)), request(server.url))
    assert server.requests == []


@pytest.mark.case("T05")
async def test_plain_http_where_tls_is_expected_is_not_spoken(calling: Calling) -> None:
    async with ScriptedServer([b"HTTP/1.1 400 Bad Request\r\n\r\n"]) as server:
        with pytest.raises(TargetUnavailable, match="it does not speak TLS"):
            await fetch(calling.ours(server, HTTPS, tls=trust(None)), request("https://127.0.0.1"))
    assert server.requests == []


@pytest.mark.case("T05")
@pytest.mark.parametrize("end", [Do.FIN, Do.RESET])
async def test_a_handshake_that_is_cut_is_no_connection(calling: Calling, end: Do) -> None:
    async with ScriptedServer([end]) as server:
        with pytest.raises(TargetUnavailable, match="cannot be reached"):
            await fetch(calling.ours(server, HTTPS, tls=trust(None)), request("https://127.0.0.1"))


@pytest.mark.case("T05")
async def test_a_handshake_that_stalls_counts_as_connecting(calling: Calling) -> None:
    async with ScriptedServer([]) as server:
        transport = calling.ours(server, HTTPS, tls=trust(None))
        with pytest.raises(TargetUnavailable, match="it took too long"):
            await fetch(transport, request("https://127.0.0.1", times={"connect": 0.05}))
        assert await server.left.get() == 1
        assert transport.pool.taken == 0


@pytest.mark.parametrize("end", [Do.FIN, Do.RESET])
async def test_an_answer_over_tls_that_breaks_off_is_broken(calling: Calling, end: Do) -> None:
    server, tls = secured([Do.READ, HEAD + b"Content-Length: 9\r\n\r\nhello", end])
    async with server:
        with pytest.raises(UpstreamBroken) as raised:
            await fetch(calling.ours(server, HTTPS, tls=tls), request(server.url))
    assert raised.value.outcome is Outcome.BROKEN


@pytest.mark.case("T01")
@pytest.mark.parametrize("end", [Do.FIN, Do.RESET])
async def test_a_kept_connection_over_tls_that_is_closed_is_replaced(calling: Calling, end: Do) -> None:
    server, tls = secured([Do.READ, OK, Do.READ, end], [Do.READ, OK])
    async with server:
        transport = calling.ours(server, HTTPS, tls=tls)
        await fetch(transport, request(server.url))
        assert (await fetch(transport, request(server.url))).repeated


async def test_large_bodies_pass_over_tls(calling: Calling) -> None:
    size = 4 * 2**20
    server, tls = secured([Do.READ, HEAD + b"Content-Length: %d\r\n\r\n" % size, *[bytes(2**16)] * (size // 2**16)])
    async with server:
        answer = await fetch(calling.ours(server, HTTPS, tls=tls), request(server.url, bytes(size)))
    assert answer.body == bytes(size)
    assert len(server.requests[0]) > size


async def test_a_cancelled_request_over_tls_closes_its_connection(calling: Calling) -> None:
    server, tls = secured([Do.READ])
    async with server:
        transport = calling.ours(server, HTTPS, tls=tls)
        asking = asyncio.create_task(fetch(transport, request(server.url)))
        await server.asked()
        asking.cancel()
        await asyncio.wait([asking])
        assert await server.left.get() == 1
        assert transport.pool.taken == 0
