"""Options that commands have in common."""

from ipaddress import ip_address, ip_network

import click
import pytest

from optipath_cli.egress import egress_rule, from_here
from optipath_cli.inputs import labels, namespace_of
from optipath_snapshot import EgressRule
from optipath_snapshot.egress import may_be_named, may_connect

HOME = "optipath-system"
RULES = {
    "vllm": EgressRule(host="vllm"),
    "VLLM.lan:8000": EgressRule(host="vllm.lan", ports=(8000,)),
    "*.lan:8000,plaintext": EgressRule(host="*.lan", ports=(8000,), plaintext=True),
    "10.0.0.0/8": EgressRule(network=ip_network("10.0.0.0/8")),
    "192.168.1.7:11434,plaintext": EgressRule(network=ip_network("192.168.1.7/32"), ports=(11434,), plaintext=True),
    "[fd00::/8]:8000": EgressRule(network=ip_network("fd00::/8"), ports=(8000,)),
    "[fd00::7]": EgressRule(network=ip_network("fd00::7/128")),
}


@pytest.mark.parametrize(("text", "rule"), RULES.items(), ids=RULES)
def test_egress_is_read(text: str, rule: EgressRule) -> None:
    assert egress_rule(text) == rule


@pytest.mark.parametrize(
    "text",
    ["", ":80", "host:0", "host:70000", "http://host", "host,http", "fd00::7", "a b"],
)
def test_what_is_no_egress_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match=r"is not HOST_OR_NETWORK"):
        egress_rule(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    {
        "10.0.0.5/8": "10.0.0.5/8 has host bits set",
        "10.0.0.0/99": "'10.0.0.0/99' does not appear to be an IPv4 or IPv6 network",
    }.items(),
)
def test_what_is_no_network_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(click.BadParameter, match=reason):
        egress_rule(text)


@pytest.mark.parametrize("text", ["*", "*.", "*:8000", "*.*", "vllm.*", "*lan"])
def test_a_star_that_would_admit_nobody_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match=r"\* stands only in front"):
        egress_rule(text)


def test_this_machine_may_be_called_over_plain_http_and_no_other() -> None:
    egress = from_here()
    for host in ("localhost", "127.0.0.1", "::1"):
        assert may_be_named(egress, host=host, port=11434, plaintext=True)
    for host in ("api.example.com", "10.0.0.1", "vllm.lan"):
        assert not may_be_named(egress, host=host, port=80, plaintext=True)
    assert not may_connect(egress, host="localhost", address=ip_address("10.0.0.1"), port=80, plaintext=True)


def test_labels_are_read() -> None:
    assert labels("app=chat, tier=web") == {"app": "chat", "tier": "web"}
    assert labels("") == {}
    for wrong in ("app", "=chat", "app=chat,tier"):
        with pytest.raises(click.BadParameter, match="is not NAME=VALUE"):
            labels(wrong)


def named(*namespaces: str | None) -> list[dict[str, object]]:
    return [{"kind": "RoutingPolicy", "metadata": {"name": "x", "namespace": each}} for each in namespaces]


def test_the_namespace_is_what_was_said_or_what_the_manifests_agree_on() -> None:
    assert namespace_of(named("team-a", None), None, HOME) == "team-a"
    assert namespace_of(named(None), None, HOME) == "default"
    assert namespace_of(named("team-a", "team-b"), "team-b", HOME) == "team-b"
    with pytest.raises(click.UsageError, match="team-a, team-b"):
        namespace_of(named("team-b", "team-a"), None, HOME)


def test_the_operator_s_own_namespace_is_meant_only_where_no_other_is_named() -> None:
    space = {"kind": "Namespace", "metadata": {"name": "team-c"}}
    assert namespace_of(named(HOME, "team-a"), None, HOME) == "team-a"
    assert namespace_of([*named(HOME), space], None, HOME) == "team-c"
    assert namespace_of([*named("team-a"), space], None, HOME) == "team-a"
    assert namespace_of(named(HOME), None, HOME) == HOME
    assert namespace_of(named(HOME, None), None, HOME) == "default"
    with pytest.raises(click.UsageError, match="team-c, team-d"):
        namespace_of([space, {"kind": "Namespace", "metadata": {"name": "team-d"}}], None, HOME)
