"""`optipath simulate`, as a user runs it."""

import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

import httpx
import pytest
from click.testing import CliRunner

from optipath_cli.simulate import simulate
from optipath_cli.simulator.words import WORDS

PROGRAM = [sys.executable, "-c", "from optipath_cli.simulate import simulate; simulate()", "--listen", "127.0.0.1:0"]


@contextmanager
def running(*options: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The command, and the URL that it prints."""
    with subprocess.Popen([*PROGRAM, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().split()[2].rstrip(",")
            process.stdout.readline()
            yield process, url
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_well_and_each_request_has_its_line(number: signal.Signals) -> None:
    with running() as (process, url):
        body = {"model": "e503", "messages": []}
        assert httpx.post(f"{url}/chat/completions", json=body, trust_env=False).status_code == 503
        process.send_signal(number)
        said, _ = process.communicate()
        assert process.returncode == 0
    assert said.startswith("1 e503 as e503: 503 in ")


def test_quiet_says_nothing_of_requests() -> None:
    with running("--quiet") as (process, url):
        httpx.get(f"{url}/models", trust_env=False)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate()
    assert said == ""


def test_it_speaks_tls_and_says_whom_to_trust(tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"
    with running("--tls", "good", "--authority", str(authority)) as (process, url):
        trust = ssl.create_default_context(cafile=authority)
        with httpx.Client(verify=trust, trust_env=False) as http:
            assert http.get(f"{url}/models").status_code == 200
        process.send_signal(signal.SIGTERM)
        process.communicate()


@pytest.mark.parametrize("options", [[], ["--tls", "plain"], ["--tls", "stalled"]])
def test_without_a_certificate_there_is_nobody_to_trust(tmp_path: Path, options: list[str]) -> None:
    result = CliRunner().invoke(simulate, [*options, "--authority", str(tmp_path / "authority.pem")])
    assert result.exit_code == 2
    assert "nobody to trust" in result.output
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "authority.pem"
    result = CliRunner().invoke(simulate, ["--tls", "good", "--authority", str(missing)])
    assert result.exit_code == 1
    assert f"cannot write {missing}" in result.output.replace("\n", "")


def test_it_says_where_connects_hang() -> None:
    with running("--quiet", "--blackhole-port", "0") as (process, _):
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate()
    assert said.startswith("connects hang at 127.0.0.1:")


def test_help_lists_every_word() -> None:
    said = CliRunner().invoke(simulate, ["--help"]).output
    assert all(word.forms.split()[0] in said for word in WORDS)


@pytest.mark.parametrize("address", ["7090", "127.0.0.1:", "127.0.0.1:70900", "localhost:http", "a:1,b:2"])
def test_a_bad_address_is_refused(address: str) -> None:
    result = CliRunner().invoke(simulate, ["--listen", address])
    assert result.exit_code == 2
    assert f"'{address}' is not HOST:PORT" in result.output


def test_a_taken_port_is_told() -> None:
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        host, port = taken.getsockname()
        result = CliRunner().invoke(simulate, ["--listen", f"{host}:{port}"])
    assert result.exit_code == 1
    assert f"cannot listen on {host}:{port}" in result.output
