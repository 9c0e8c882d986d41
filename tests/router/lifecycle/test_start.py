"""Starting and ending inside a test's own loop: probes by a fake clock, sockets that do not leak."""

import socket

import pytest
from starlette.requests import Request

from optipath_router.api.admin import Admin
from optipath_router.live import Live
from optipath_router.runtime import Runtime
from optipath_router.server import CannotListen, serve
from optipath_router.settings import Address
from optipath_router.telemetry.metrics import Metrics
from support.clock import Clock
from support.router import FREE, Files


@pytest.mark.case("F08")
async def test_the_start_up_probe_waits_ten_seconds_for_a_snapshot() -> None:
    clock, request = Clock(), Request({"type": "http"})
    runtime: Live[Runtime | None] = Live(None)
    admin = Admin(runtime, Metrics(), clock)
    seen = []
    for _ in range(3):
        seen.append([(await probe(request)).status_code for probe in (admin.live, admin.ready, admin.startup)])
        clock.advance(9.9)
    assert seen == [[200, 200, 503], [200, 200, 503], [200, 200, 200]]


async def test_where_one_port_is_taken_no_socket_is_left_open(files: Files) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = Address(*taken.getsockname())
        with pytest.raises(CannotListen, match=f"cannot listen on {address}: Address already in use"):
            await serve(files.settings(listen=FREE, admin=(address,)))
