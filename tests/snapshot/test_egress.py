"""Which connections the administrator's rules admit, and which nobody can."""

from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_snapshot import Egress, EgressRule
from optipath_snapshot.egress import is_public, is_public_host, may_be_named, may_connect

NOTHING = Egress()
EVERYTHING = Egress(allow=(EgressRule(network="0.0.0.0/0", plaintext=True), EgressRule(network="::/0", plaintext=True)))


def allowing(*rules: dict[str, Any]) -> Egress:
    return Egress.model_validate({"allow": rules})


def connects(egress: Egress, url: str, address: str) -> bool:
    scheme, _, rest = url.partition("://")
    host, _, port = rest.rpartition(":")
    return may_connect(
        egress, host=host.strip("[]"), address=ip_address(address), port=int(port), plaintext=scheme == "http"
    )


PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"]
PRIVATE = [
    *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "198.18.0.1", "240.0.0.1"),
    *("255.255.255.255", "::1", "fd12:3456::1", "fec0::1", "2001:db8::1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1"),
    *("2002:7f00:1::", "2002:a00:1::", "::8.8.8.8", "100::1", "64:ff9b:1::8.8.8.8", "64:ff9b:1:808:8:800::"),
]
NEVER = [
    *("169.254.169.254", "169.254.1.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "0.0.0.0", "0.1.2.3"),
    *("224.0.0.1", "::", "fe80::1", "ff02::1", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254"),
    *("::ffff:169.254.169.254", "64:ff9b::169.254.169.254", "64:ff9b:1::169.254.169.254", "2002:a9fe:a9fe::"),
    *("::ffff:0.0.0.0", "64:ff9b::224.0.0.1"),
    # 169.254.169.254 behind a prefix of 48, 56 and 64 bits, with a public address or nothing in the last 32.
    *("64:ff9b:1:a9fe:a9:fe00:808:808", "64:ff9b:1:a9fe:a9:fe00::", "64:ff9b:1:12a9:fe:a9fe:808:808"),
    *("64:ff9b:1:1234:a9:fea9:fe08:808", "64:ff9b:1:a9fe:ffa9:fe00::", "64:ff9b:1::", "64:ff9b:1::0.1.2.3"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_need_no_rule_over_https(address: str) -> None:
    assert is_public(ip_address(address))
    assert connects(NOTHING, "https://llm.example.com:443", address)
    assert not connects(NOTHING, "http://llm.example.com:80", address)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_need_a_rule(address: str) -> None:
    assert not is_public(ip_address(address))
    assert not connects(NOTHING, "https://llm.example.com:443", address)
    assert connects(EVERYTHING, "http://llm.example.com:80", address)


@pytest.mark.parametrize("address", NEVER)
def test_no_rule_admits_metadata_link_local_multicast_or_unspecified_addresses(address: str) -> None:
    everything = Egress(allow=(*EVERYTHING.allow, EgressRule(host="llm.example.com", plaintext=True)))
    assert not connects(everything, "https://llm.example.com:443", address)
    assert not connects(everything, "http://llm.example.com:80", address)
    assert not may_be_named(everything, host=address, port=443, plaintext=False)


RULES = {
    "a host by its name": ({"host": "vllm.models.svc"}, "https://vllm.models.svc:443", "10.0.0.1", True),
    "whatever the case": ({"host": "VLLM.models.svc"}, "https://vllm.Models.svc.:443", "10.0.0.1", True),
    "another host": ({"host": "vllm.models.svc"}, "https://xvllm.models.svc:443", "10.0.0.1", False),
    "a name below": ({"host": "*.models.svc"}, "https://a.b.models.svc:443", "10.0.0.1", True),
    "the name itself is not below": ({"host": "*.models.svc"}, "https://models.svc:443", "10.0.0.1", False),
    "a name that only ends alike": ({"host": "*.models.svc"}, "https://evilmodels.svc:443", "10.0.0.1", False),
    "an address as host": ({"host": "10.0.0.1"}, "https://10.0.0.1:443", "10.0.0.1", True),
    "an address in another spelling": ({"host": "[0:0::1]"}, "https://[::1]:443", "::1", True),
    "a network": ({"network": "10.0.0.0/8"}, "https://any.name:443", "10.9.9.9", True),
    "a network's neighbour": ({"network": "10.0.0.0/16"}, "https://any.name:443", "10.1.0.0", False),
    "a network by an embedded address": ({"network": "10.0.0.0/8"}, "https://any.name:443", "::ffff:10.1.1.1", True),
    "a network of the other version": ({"network": "::/0"}, "https://any.name:443", "10.0.0.1", False),
    "host and network": (
        {"host": "a.svc", "network": "10.0.0.0/8"},
        "https://a.svc:443",
        "10.0.0.1",
        True,
    ),
    "host elsewhere than in its network": (
        {"host": "a.svc", "network": "10.0.0.0/8"},
        "https://a.svc:443",
        "192.168.0.1",
        False,
    ),
    "a network of NAT64's own": ({"network": "64:ff9b:1:7::/64"}, "https://a.svc:443", "64:ff9b:1:7:a:1:200::", True),
    "NAT64 by a host alone": ({"host": "a.svc"}, "https://a.svc:443", "64:ff9b:1::10.0.0.1", False),
    "NAT64 by one of its places": ({"network": "10.0.0.0/8"}, "https://a.svc:443", "64:ff9b:1::10.0.0.1", False),
    "neither host nor network": ({"ports": [443], "plaintext": True}, "https://a.svc:443", "10.0.0.1", False),
    "its port": ({"host": "a.svc", "ports": [8000]}, "https://a.svc:8000", "10.0.0.1", True),
    "another port": ({"host": "a.svc", "ports": [8000]}, "https://a.svc:443", "10.0.0.1", False),
    "plain http": ({"host": "a.svc", "plaintext": True}, "http://a.svc:80", "10.0.0.1", True),
    "https where plain http would do": ({"host": "a.svc", "plaintext": True}, "https://a.svc:443", "10.0.0.1", True),
    "plain http where it is not said": ({"host": "a.svc"}, "http://a.svc:80", "10.0.0.1", False),
    "plain http to a public host": (
        {"host": "a.example.com", "plaintext": True},
        "http://a.example.com:80",
        "8.8.8.8",
        True,
    ),
}


@pytest.mark.parametrize(("rule", "url", "address", "admitted"), RULES.values(), ids=RULES)
def test_a_rule_admits(rule: dict[str, Any], url: str, address: str, *, admitted: bool) -> None:
    assert connects(allowing(rule), url, address) is admitted


def test_rules_do_not_lend_each_other_what_they_lack() -> None:
    egress = allowing({"host": "a.svc"}, {"host": "b.svc", "ports": [80], "plaintext": True})
    assert not connects(egress, "http://a.svc:80", "10.0.0.1")


@pytest.mark.parametrize(
    "host",
    [
        *(
            "localhost",
            "vllm",
            "a.localhost",
            "a.svc",
            "a.b.svc.cluster.local",
            "printer.local",
            "a.internal",
            "A.SVC.",
        ),
        *("127.0.0.1", "[::1]", "::1"),
    ],
)
def test_private_names_look_private(host: str) -> None:
    assert not is_public_host(host)
    assert not may_be_named(NOTHING, host=host, port=443, plaintext=False)


def test_a_name_is_given_the_benefit_of_the_doubt_until_it_is_resolved() -> None:
    egress = allowing({"network": "10.0.0.0/8"})
    assert may_be_named(egress, host="vllm.models.svc", port=443, plaintext=False)
    assert not connects(egress, "https://vllm.models.svc:443", "192.168.0.1")


@given(
    value=st.integers(0, 2**128 - 1) | st.integers(0, 2**32 - 1).map(lambda low: (0x64FF9B << 96) | low),
    plaintext=st.booleans(),
)
def test_what_may_be_called_without_a_rule_is_public_and_encrypted(value: int, *, plaintext: bool) -> None:
    address = ip_address(value.to_bytes(16, "big"))
    if may_connect(NOTHING, host="llm.example.com", address=address, port=443, plaintext=plaintext):
        assert is_public(address)
        assert not plaintext
