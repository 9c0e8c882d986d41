"""nginx: the provider that answers plain requests, and the yardstick, a plain reverse proxy."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from e2e.bench.rig.process import Process, started
from e2e.bench.rig.tools import CannotMeasure, Tools

_TRIES = 200

_FRAME = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr error;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000000;
  client_body_buffer_size 1m;
  client_max_body_size 64m;
  {servers}
}}
"""

_ANSWERING = """
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    default_type application/json;
    location / {{ return 200 '{answer}'; }}
  }}
"""

_PASSING_ON = """
  upstream to_{port} {{ server 127.0.0.1:{port}; keepalive 128; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{listen} backlog=1024;
    location / {{
      proxy_pass {scheme}://to_{port};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_ssl_session_reuse on;
    }}
  }}
"""


def answering(port: int, answer: bytes) -> str:
    """A server that gives everybody the same answer."""
    return _ANSWERING.format(port=port, answer=answer.decode())


def passing_on(listen: int, port: int, *, tls: bool = False) -> str:
    """A server that passes on to a port."""
    return _PASSING_ON.format(listen=listen, port=port, scheme="https" if tls else "http")


@asynccontextmanager
async def nginx(tools: Tools, folder: Path, *servers: str, ports: Iterable[int], core: int) -> AsyncIterator[Process]:
    """An nginx with these servers; one process, which listens when this begins."""
    command = _command(tools, folder, servers)
    with started(command, folder / "log", core=core, environment=tools.environment) as process:
        for port in ports:
            await _listening(port, process)
        yield process


def _command(tools: Tools, folder: Path, servers: Iterable[str]) -> list[str | Path]:
    folder.mkdir()
    configuration = folder / "nginx.conf"
    configuration.write_text(_FRAME.format(folder=folder, servers="".join(servers)))
    return [tools.nginx, "-p", folder, "-e", "stderr", "-c", configuration]


async def _listening(port: int, process: Process) -> None:
    for _ in range(_TRIES):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            if process.popen.poll() is not None:
                break
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return
    raise CannotMeasure(f"nginx does not listen on port {port}: {process.log.read_text().strip()}")


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on just now."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(each.getsockname()[1]) for each in sockets]
