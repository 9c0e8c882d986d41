"""`optipath-injector`, as the chart starts it."""

import asyncio
import json
import os
import sys
from pathlib import Path
from signal import SIGTERM

import pytest

from optipath_operator.environment import SettingsError
from optipath_operator.inject.body import MAX_BYTES
from optipath_operator.inject.injection import Amounts, Injection
from optipath_operator.inject.settings import Settings, settings
from support.certificates import Authority
from support.injector import POD, Injector, patched, program, review
from support.kubelet import Volume


@pytest.mark.case("W05")
async def test_told_to_stop_it_answers_on_until_nobody_asks_any_more(tmp_path: Path) -> None:
    authority, volume = Authority(), Volume(tmp_path / "tls")
    volume.write(authority.pair().files)
    async with program(volume.path, OPTIPATH_LINGER_SECONDS="3600") as started:
        ports = await started.said("listening")
        running = Injector(ports["reviews"], ports["probes"], authority)
        async with running.client() as client:
            before = await client.post("/mutate", json=review(POD))
            assert before.headers.get("connection") != "close"

            started.process.send_signal(SIGTERM)
            await started.said("stopping")
            assert (await running.probe("/readyz")).status_code == 503
            assert (await running.probe("/livez")).status_code == 200
            after = await client.post("/mutate", json=review(POD))
            assert patched(POD, after) == patched(POD, before)
            assert after.headers["connection"] == "close"

            started.process.send_signal(SIGTERM)
            assert await started.process.wait() == 0


@pytest.mark.case("W05")
async def test_nonsense_in_heaps_is_held_in_little_memory(tmp_path: Path) -> None:
    authority, volume = Authority(), Volume(tmp_path / "tls")
    volume.write(authority.pair().files)
    async with program(volume.path) as started:
        ports = await started.said("listening")
        running = Injector(ports["reviews"], ports["probes"], authority)
        trusted = authority.trusted()
        # Each has sent half of a request, and says no more.
        slow = [await asyncio.open_connection("localhost", running.reviews, ssl=trusted) for _ in range(100)]
        for _, writer in slow:
            writer.write(b"POST /mutate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000000\r\n\r\n" + b"[" * 65536)
        async with running.client() as client:
            before = peak_mib(started.process.pid)
            for body in (b"[" * MAX_BYTES, b"[" + b"{}," * (MAX_BYTES // 3 - 1), b" " * 10_485_760):
                answers = [await client.post("/mutate", content=body) for _ in range(10)]
                assert {answer.status_code for answer in answers} <= {400, 413}
            assert patched(POD, await client.post("/mutate", json=review(POD))) != POD
        assert peak_mib(started.process.pid) < min(before + 64, 160)
        for _, writer in slow:
            writer.close()


def peak_mib(pid: int) -> float:
    """The most memory that a process has had."""
    (line,) = (line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


WRONG = {
    "OPTIPATH_INJECTION": {
        "": "is not JSON",
        "[]": "the whole: [] is not an object",
        "{}": "image: None is not the router's image",
        '{"image": 1}': "image: 1 is not text",
        '{"image": "x", "imagePullSecrets": []}': "imagePullSecrets: there is no such value",
        '{"image": "x", "imagePullPolicy": "Sometimes"}': "imagePullPolicy: 'Sometimes' is not one of Always,",
        '{"image": "x", "env": ["opanai"]}': "env: ['opanai'] is not a list of openai, anthropic",
        '{"image": "x", "runAsUser": 0}': "runAsUser: 0 is not a number from 1",
        '{"image": "x", "resources": {"limit": {}}}': "resources.limit: there is no such value",
        '{"image": "x", "resources": {"requests": {"gpu": 1}}}': "resources.requests.gpu: there is no such value",
        '{"image": "x", "resources": {"limits": {"memory": "1GB"}}}': "resources.limits.memory: '1GB' is not",
        '{"image": "x", "resources": {"limits": {"memory": "32Mi"}}}': "resources.requests.memory: '64Mi' is not",
        '{"image": "x", "logLevel": "LOUD"}': "logLevel: 'LOUD' is not one of DEBUG,",
    },
    "OPTIPATH_PORT": {"https": "'https' is not a port", "70000": "'70000' is not a port"},
    "OPTIPATH_LINGER_SECONDS": {"-1": "'-1' is not a number from 0"},
    "OPTIPATH_LOG_LEVEL": {"loud": "'loud' is none of DEBUG,"},
}


@pytest.mark.parametrize(
    ("name", "value", "message"), [(name, value, said) for name, each in WRONG.items() for value, said in each.items()]
)
def test_a_wrong_setting_is_refused_by_name(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings({"OPTIPATH_INJECTION": '{"image": "x"}', name: value})
    assert str(refused.value).startswith(f"{name}: ")
    assert message in str(refused.value)


def test_every_setting_has_its_place() -> None:
    chosen = settings(
        {
            "OPTIPATH_PORT": "1443",
            "OPTIPATH_PROBES_PORT": "1080",
            "OPTIPATH_TLS": "/tls",
            "OPTIPATH_LOG_LEVEL": "debug",
            "OPTIPATH_INJECTION": json.dumps(
                {
                    "image": "x:1",
                    "imagePullPolicy": "Never",
                    "resources": {"requests": {"cpu": "1", "memory": None}, "limits": {"cpu": 2, "memory": None}},
                    "runAsUser": None,
                    "runAsGroup": 1000,
                    "env": ["openai"],
                    "logLevel": "DEBUG",
                }
            ),
        }
    )
    assert chosen == Settings(
        Injection(
            image="x:1",
            pull_policy="Never",
            requests=Amounts(cpu="1"),
            limits=Amounts(cpu="2"),
            run_as_user=None,
            run_as_group=1000,
            env=("openai",),
            log_level="DEBUG",
        ),
        port=1443,
        probes_port=1080,
        tls=Path("/tls"),
        log_level="DEBUG",
    )


async def test_it_says_which_setting_is_wrong_and_ends() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "optipath_operator.inject", env={**os.environ, "OPTIPATH_INJECTION": "{}"}, stderr=-1
    )
    _, said = await process.communicate()
    assert (process.returncode, said.decode()) == (
        1,
        "optipath-injector: OPTIPATH_INJECTION: image: None is not the router's image\n",
    )
