"""Lengths of time in seconds, and addresses in every spelling."""

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_operator.resources import read_provider
from optipath_operator.resources.scalars import seconds
from optipath_operator.resources.url import _FORBIDDEN, _FORBIDDEN_NETWORKS, _LOOPBACK
from optipath_snapshot.egress import _NEVER_IPV4, _NEVER_IPV6

UNITS = {"h": 3600, "m": 60, "s": 1, "ms": 0.001}
DURATIONS = {"90s": 90.0, "5m": 300.0, "1m30s": 90.0, "250ms": 0.25, "1h": 3600.0, "4035ms": 4.035, "4s35ms": 4.035}


@pytest.mark.parametrize(("text", "expected"), DURATIONS.items())
def test_a_duration_in_seconds(text: str, expected: float) -> None:
    assert seconds(text) == expected


@given(st.lists(st.tuples(st.integers(0, 99_999), st.sampled_from(sorted(UNITS))), min_size=1, max_size=4))
def test_a_duration_is_the_sum_of_its_parts(parts: list[tuple[int, str]]) -> None:
    text = "".join(f"{count}{unit}" for count, unit in parts)
    assert seconds(text) == pytest.approx(sum(count * UNITS[unit] for count, unit in parts))


NAMES_OF_KEYS = ["openai", "openai-2", "hf_token", "xai-production-eu", "SK", "azure-openai-westeurope-prod-2", "7"]


@pytest.mark.parametrize("name", NAMES_OF_KEYS)
def test_a_name_does_not_look_like_a_key(name: str) -> None:
    spec = {"type": "OpenAI", "credentials": {"keys": [name]}, "models": [{"name": "small"}]}
    manifest = {"kind": "ModelProvider", "metadata": {"name": "openai"}, "spec": spec}
    assert read_provider(manifest, strict=True).problems == ()


def accepts(url: str) -> bool:
    spec = {"type": "VLLM", "endpoint": {"url": url}, "models": [{"name": "small"}]}
    manifest = {"kind": "ModelProvider", "metadata": {"name": "vllm"}, "spec": spec}
    return read_provider(manifest, strict=True).resource is not None


def cel_accepts(url: str) -> bool:
    return not re.search(_FORBIDDEN, url) or bool(re.search(_LOOPBACK, url))


CARRYING_IPV4 = ("::ffff:0:0/96", "64:ff9b::/96")
MULTICAST = ("224.0.0.0/4", "ff00::/8")
networks = st.sampled_from(
    [*_FORBIDDEN_NETWORKS, *_NEVER_IPV4, *_NEVER_IPV6, *map(ip_network, (*CARRYING_IPV4, *MULTICAST))]
)
addresses = st.one_of(
    networks.flatmap(
        lambda network: st.integers(0, network.num_addresses - 1).map(
            lambda index: (IPv6Address if isinstance(network, IPv6Network) else IPv4Address)(
                int(network.network_address) + index
            )
        )
    ),
    st.ip_addresses(v=4),
    st.ip_addresses(v=6),
    st.just(IPv6Address("::1")),
)


@given(addresses, st.sampled_from(["short", "long"]), st.sampled_from(["", ":8000", "/v1", ":8000/v1"]))
def test_file_and_api_server_refuse_the_same_addresses(
    address: IPv4Address | IPv6Address, spelling: str, rest: str
) -> None:
    # Newer Pythons write mapped addresses with a dotted end, which no URL here may have.
    short = spelling == "short" and (address.version == 4 or "." not in address.compressed)
    text = address.compressed if short else address.exploded
    host = f"[{text}]" if address.version == 6 else text
    assert accepts(f"http://{host}{rest}") == cel_accepts(f"http://{host}{rest}")


HOSTS = ["10.0.0.1", "127.0.0.1", "192.168.1.1", "[::1]", "[0:0:0:0:0:0:0:1]", "[fd12::7]", "vllm.ml.svc", "localhost"]


@pytest.mark.parametrize("host", HOSTS)
def test_a_private_host_is_for_the_egress_list_to_judge(host: str) -> None:
    assert accepts(f"http://{host}:8000/v1")
    assert cel_accepts(f"http://{host}:8000/v1")
