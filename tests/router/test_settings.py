"""Settings: good ones are taken, bad ones refused by name and value."""

from pathlib import Path

import pytest

from optipath_router.settings import Address, Settings, SettingsError, addresses, settings

GOOD: dict[str, tuple[dict[str, str], Settings]] = {
    "nothing": ({}, Settings()),
    "what is not ours": ({"PATH": "/bin", "OPTIPATH_KEY_OPENAI": "sk"}, Settings()),
    "paths": (
        {"OPTIPATH_SNAPSHOT": "/s", "OPTIPATH_CREDENTIALS": "/c", "OPTIPATH_PODINFO": "/p"},
        Settings(snapshot=Path("/s"), credentials=Path("/c"), podinfo=Path("/p")),
    ),
    "one address": ({"OPTIPATH_LISTEN": "127.0.0.1:80"}, Settings(listen=(Address("127.0.0.1", 80),))),
    "two, one of them IPv6": (
        {"OPTIPATH_ADMIN": "0.0.0.0:0, [::]:65535"},
        Settings(admin=(Address("0.0.0.0", 0), Address("::", 65535))),
    ),
    "a namespace": ({"OPTIPATH_NAMESPACE": "team-a"}, Settings(namespace="team-a")),
    "whose pod it is": (
        {"OPTIPATH_WORKLOAD": "Deployment/chat", "OPTIPATH_SERVICE_ACCOUNT": "reader"},
        Settings(workload="Deployment/chat", service_account="reader"),
    ),
    "seconds": ({"OPTIPATH_GRACE_SECONDS": "2.5"}, Settings(grace_seconds=2.5)),
    "no seconds": ({"OPTIPATH_GRACE_SECONDS": "0"}, Settings(grace_seconds=0)),
    "requests in flight": ({"OPTIPATH_MAX_IN_FLIGHT": "16"}, Settings(max_in_flight=16)),
    "a decision log": (
        {
            "OPTIPATH_DECISION_LOG": "/var/lib/optipath/decisions.jsonl",
            "OPTIPATH_DECISION_LOG_BYTES": "4096",
            "OPTIPATH_DECISION_LOG_PROMPTS": "true",
        },
        Settings(
            decision_log=Path("/var/lib/optipath/decisions.jsonl"), decision_log_bytes=4096, decision_log_prompts=True
        ),
    ),
    "no decision log": ({"OPTIPATH_DECISION_LOG": ""}, Settings()),
    "a level in any case": ({"OPTIPATH_LOG_LEVEL": "debug"}, Settings(log_level="DEBUG")),
}


@pytest.mark.parametrize(("environment", "meant"), GOOD.values(), ids=GOOD)
def test_good_ones(environment: dict[str, str], meant: Settings) -> None:
    assert settings(environment) == meant


BAD = [
    ("OPTIPATH_LISTEN", ""),
    ("OPTIPATH_MAX_IN_FLIGHT", ""),
    ("OPTIPATH_MAX_IN_FLIGHT", "0"),
    ("OPTIPATH_MAX_IN_FLIGHT", "-1"),
    ("OPTIPATH_MAX_IN_FLIGHT", "many"),
    ("OPTIPATH_DECISION_LOG_BYTES", "0"),
    ("OPTIPATH_DECISION_LOG_PROMPTS", "yes"),
    ("OPTIPATH_LISTEN", "7080"),
    ("OPTIPATH_LISTEN", ":7080"),
    ("OPTIPATH_LISTEN", "127.0.0.1"),
    ("OPTIPATH_LISTEN", "127.0.0.1:"),
    ("OPTIPATH_LISTEN", "127.0.0.1:http"),
    ("OPTIPATH_LISTEN", "127.0.0.1:-1"),
    ("OPTIPATH_LISTEN", "127.0.0.1:65536"),
    ("OPTIPATH_LISTEN", "127.0.0.1:7080,"),
    ("OPTIPATH_ADMIN", "[::1]"),
    ("OPTIPATH_GRACE_SECONDS", ""),
    ("OPTIPATH_GRACE_SECONDS", "soon"),
    ("OPTIPATH_GRACE_SECONDS", "-1"),
    ("OPTIPATH_GRACE_SECONDS", "nan"),
    ("OPTIPATH_GRACE_SECONDS", "inf"),
    ("OPTIPATH_LOG_LEVEL", ""),
    ("OPTIPATH_LOG_LEVEL", "LOUD"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_bad_ones_are_refused_by_name_and_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings({name: value})
    assert name in str(refused.value)
    assert repr(value.rpartition(",")[2]) in str(refused.value)


@pytest.mark.parametrize("written", ["127.0.0.1:7080", "[::1]:7080", "localhost:0"])
def test_an_address_is_written_as_it_is_read(written: str) -> None:
    assert ",".join(map(str, addresses(written))) == written


def test_the_api_is_for_the_pod_alone() -> None:
    assert [str(address) for address in Settings().listen] == ["127.0.0.1:7080", "[::1]:7080"]
